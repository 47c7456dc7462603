/** Checks that an event came from the service that publishes it. */
import type { Language } from '@quadrille/messages'
import { eventsExchange } from '@quadrille/messaging'

/** The event came through the exchange of a service that doesn't publish it: a mistake, or a forgery. */
export class WrongExchange extends Error {
  override readonly name = 'WrongExchange'
}

interface Arrived {
  readonly type: string
  /** The exchange through which the event first came; empty if it is unknown. */
  readonly exchange: string
  /** The direct exchange of the service. */
  readonly direct: string
}

/**
 * Null if the event came through the exchange of its publisher, or through the service's own direct exchange. Only the service
 * itself publishes to the latter, and it names the original exchange of each event that it has received.
 */
export const wrongExchange = (
  { type, exchange, direct }: Arrived,
  language: Pick<Language, 'publisherOf'>,
): WrongExchange | null => {
  if (exchange === direct) return null
  const publisher = language.publisherOf(type)
  if (publisher && exchange === eventsExchange(publisher.name)) return null
  const source = exchange === '' ? 'an unknown exchange' : exchange
  return new WrongExchange(
    `${type} came through ${source}. Its publisher is ${publisher?.name ?? `the owner of ${direct}`}.`,
  )
}
