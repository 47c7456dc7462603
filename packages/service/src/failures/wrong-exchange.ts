/** Whether an event came from whoever may say it. */
import { choreography, type MessageType, publisherOf } from '@quadrille/events'
import { eventsExchange } from '@quadrille/messaging'

/** An event came by the exchange of a service that doesn't publish it: that is a mistake, or a forgery. */
export class WrongExchange extends Error {
  override readonly name = 'WrongExchange'
}

const exchanges: ReadonlySet<string> = new Set(Object.keys(choreography).map(eventsExchange))

/** Null where nothing is wrong: it came by its publisher's exchange, or by none of those, as what is tried again or replayed does. */
export const wrongExchange = (type: MessageType, exchange: string | null): WrongExchange | null => {
  if (exchange === null || !exchanges.has(exchange)) return null
  const publisher = publisherOf(type)
  if (publisher && exchange === eventsExchange(publisher.name)) return null
  return new WrongExchange(`${type} came by ${exchange}; ${publisher?.name ?? 'nobody'} publishes it.`)
}
