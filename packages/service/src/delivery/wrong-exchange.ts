/** Whether an event came from the service that may publish it. */
import { type MessageType, publisherOf } from '@quadrille/events'
import { eventsExchange } from '@quadrille/messaging'

/** An event came by the exchange of a service that doesn't publish it: that is a mistake, or a forgery. */
export class WrongExchange extends Error {
  override readonly name = 'WrongExchange'
}

/**
 * Null where nothing is wrong: the event first came by the exchange of its publisher. Or by the service's own direct exchange,
 * where the service alone may publish, and puts no event that it has received without naming the original exchange.
 */
export const wrongExchange = (type: MessageType, exchange: string, direct: string): WrongExchange | null => {
  const publisher = publisherOf(type)
  if (exchange === direct || (publisher && exchange === eventsExchange(publisher.name))) return null
  const source = exchange === '' ? 'an exchange that is not known' : exchange
  return new WrongExchange(
    `${type} came by ${source}. Its publisher is ${publisher?.name ?? `the owner of ${direct}`}.`,
  )
}
