/** The consumer of a service's inbox: hands each delivery to the reactor, and settles it by the outcome. */
import { type Decoded, decode } from '@quadrille/events'
import type { Delivery } from '@quadrille/messaging'
import { type Reactor, Unavailable } from './reactor.ts'
import { retryDelayMs } from './task.ts'

export interface InboxOptions {
  readonly consumes: (type: string) => boolean
  readonly reactor: Reactor
  readonly onIgnored: (delivery: Delivery) => void
  readonly onHandled: (delivery: Delivery, outcome: 'applied' | 'duplicate') => void
  readonly onFailure: (delivery: Delivery, error: Error, delayMs: number) => void
}

/**
 * Handles one delivery of an inbox. Acknowledged after the commit, or when it is none of this service's business (a fanout
 * brings all that a publisher says); a failure brings it back after a delay.
 */
export const createInbox =
  (options: InboxOptions) =>
  async (delivery: Delivery): Promise<void> => {
    const { consumes, onIgnored, onHandled } = options
    const { type } = delivery.message
    const decoded = type && !consumes(type) ? null : read(delivery)
    if (decoded instanceof Error) return fail(delivery, decoded, options)
    if (!decoded || !consumes(decoded.message.type)) {
      onIgnored(delivery)
      return delivery.ack()
    }
    const outcome = await options.reactor({ decoded, patient: true })
    if (outcome.status === 'failed') return fail(delivery, outcome.error, options)
    onHandled(delivery, outcome.status)
    delivery.ack()
  }

const read = (delivery: Delivery): Decoded | Error => {
  try {
    return decode(delivery.message.body)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

const fail = (delivery: Delivery, error: Error, { onFailure }: InboxOptions): void => {
  if (error instanceof Unavailable) return // the service stops: unsettled, it is delivered again to whoever goes on
  const delayMs = retryDelayMs(delivery.attempts + 1)
  onFailure(delivery, error, delayMs)
  delivery.retry({ error, delayMs })
}
