/** The copy of a failed message that waits in a retry queue. */
import type { ConsumeMessage } from 'amqplib'
import { type Backoff, backoffMs, pause } from '../backoff.ts'
import type { Failure } from '../broker.ts'
import { retryQueueOf, retryTierFor } from '../topology.ts'
import type { AmqpPublisher } from './publisher.ts'
import { retryProperties } from './wire.ts'

export interface RetryCopying {
  readonly publisher: AmqpPublisher
  /** The direct exchange of the service. */
  readonly direct: string
  readonly queue: string
  readonly backoff: Backoff
  readonly onError: (error: unknown) => void
}

/**
 * Sends a copy to the queue's retry queue, and again with backoff until the broker has confirmed and routed it; only then
 * may the original be acknowledged. A broker that takes no messages is no failure of this one, which stays unacknowledged.
 * Resolves to false when the signal is aborted first, because the original's channel is closed.
 */
export const sendRetryCopy = async (
  { publisher, direct, queue, backoff, onError }: RetryCopying,
  { delivered, failure }: { readonly delivered: ConsumeMessage; readonly failure: Failure },
  signal: AbortSignal,
): Promise<boolean> => {
  const to = { exchange: direct, routingKey: retryQueueOf(queue, retryTierFor(failure.delayMs)) }
  const properties = retryProperties(delivered)
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      await publisher.send(to, delivered.content, properties)
      return true
    } catch (error) {
      onError(error)
      await pause(backoffMs(failures, backoff), signal)
    }
  }
  return false
}
