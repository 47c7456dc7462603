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
export const createInbox = ({ consumes, reactor, onIgnored, onHandled, onFailure }: InboxOptions) => {
  const fail = (delivery: Delivery, error: Error) => {
    const delayMs = retryDelayMs(delivery.attempts + 1)
    onFailure(delivery, error, delayMs)
    delivery.retry({ error, delayMs })
  }

  return async (delivery: Delivery): Promise<void> => {
    const ignore = () => {
      onIgnored(delivery)
      delivery.ack()
    }
    if (delivery.message.type && !consumes(delivery.message.type)) return ignore()
    let decoded: Decoded
    try {
      decoded = decode(delivery.message.body)
    } catch (error) {
      return fail(delivery, error instanceof Error ? error : new Error(String(error)))
    }
    if (!consumes(decoded.message.type)) return ignore()
    const outcome = await reactor({ decoded, patient: true })
    if (outcome.status !== 'failed') {
      onHandled(delivery, outcome.status)
      return delivery.ack()
    }
    if (outcome.error instanceof Unavailable) return // stopping: unsettled, it is delivered again to whoever goes on
    fail(delivery, outcome.error)
  }
}
