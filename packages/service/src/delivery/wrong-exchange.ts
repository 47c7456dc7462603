/** Checks that an event came from the service that publishes it. */
import type { Language } from '@quadrille/messages'
import { eventsExchange } from '@quadrille/messaging'

interface Arrived {
  readonly type: string
  /** The exchange through which the event first came; empty if it is unknown. */
  readonly exchange: string
  /** The direct exchange of the service. */
  readonly direct: string
}

/**
 * The error of an event that came through the exchange of a service that doesn't publish it: a mistake, or a forgery. Null if it
 * came through the exchange of its publisher, or through the service's own direct exchange. Only the service itself publishes to
 * the latter, and it names the original exchange of each event that it has received.
 */
export const wrongExchange = (
  { type, exchange, direct }: Arrived,
  language: Pick<Language, 'publisherOf'>,
): Error | null => {
  if (exchange === direct) return null
  const publisher = language.publisherOf(type)
  if (publisher && exchange === eventsExchange(publisher.name)) return null
  const source = exchange === '' ? 'an unknown exchange' : exchange
  return new Error(`${type} came through ${source}. Its publisher is ${publisher?.name ?? `the owner of ${direct}`}.`)
}
