/** Copies of failed or dead-lettered messages. A copy is stored durably before its original is acknowledged. */

import { type Backoff, backoffMs, pause } from '@quadrille/async'
import type { ConsumeMessage } from 'amqplib'
import { Batches } from '../../batches.ts'
import { type Stores, Unconfirmed, Unroutable } from '../../broker.ts'
import { type DeadLetter, deadLetter, letterBatchSize } from '../../dead-letter.ts'
import type { Cause, Failure } from '../../delivery.ts'
import { retryQueueOf, retryTierFor } from '../../topology.ts'
import { lastChanceMarks, type MarkedPast, retryMarks } from '../headers.ts'
import type { AmqpPublisher } from '../publisher/publisher.ts'
import { copyProperties, fromDelivery } from '../wire.ts'

export interface RepublisherOptions {
  readonly publisher: AmqpPublisher
  readonly stores: Pick<Stores, 'deadLetters' | 'redactText'>
  /** The direct exchange of the service. */
  readonly direct: string
  readonly backoff: Backoff
  readonly onError: (error: unknown, step: 'retry' | 'park') => void
}

/** An unacknowledged message, and the queue to which it belongs. */
export interface Original {
  readonly queue: string
  readonly delivered: ConsumeMessage
  readonly past: MarkedPast
}

/**
 * Each method resolves to true when the copy is durable. An unavailable broker or store is not a failure of the
 * message, so it is tried again with backoff. Resolves to false if that ends, because the original is void or the
 * service leaves.
 */
export interface Republisher {
  toRetryQueue(original: Original, failure: Failure, signal: AbortSignal): Promise<boolean>
  /** Returns the message to the queue from which the broker has taken it. */
  backToQueue(original: Original, cause: Cause, signal: AbortSignal): Promise<boolean>
  toDeadLetters(original: Original, cause: Cause, signal: AbortSignal): Promise<boolean>
  /** Gives up messages that are not stored yet. Resolves when the store is no longer used. */
  close(): Promise<void>
}

export const createRepublisher = ({ publisher, stores, direct, backoff, onError }: RepublisherOptions): Republisher => {
  const { redactText } = stores
  const letters = new Batches({
    write: (batch: readonly DeadLetter[]) => stores.deadLetters.add(batch),
    backoff,
    onError: (error) => onError(error, 'park'),
    maxSize: letterBatchSize,
  })

  const send = async (routingKey: string, { delivered, marks }: Copy, signal: AbortSignal): Promise<boolean> => {
    const properties = copyProperties(delivered, marks)
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        await publisher.send({ exchange: direct, routingKey }, delivered.content, properties)
        return true
      } catch (error) {
        if (!(error instanceof Unconfirmed || error instanceof Unroutable)) throw error
        onError(error, 'retry')
        await pause(backoffMs(failures, backoff), signal)
      }
    }
    return false
  }

  const toDeadLetters: Republisher['toDeadLetters'] = ({ queue, delivered, past }, cause, signal) => {
    const letter = deadLetter({ queue, message: fromDelivery(delivered), ...past }, cause, redactText)
    return letters.add(letter, signal).then(
      () => true,
      () => false,
    )
  }

  return {
    toDeadLetters,
    close: () => letters.close(),
    toRetryQueue: (original, failure, signal) => {
      const { queue, delivered, past } = original
      const retryQueue = retryQueueOf(queue, retryTierFor(failure.delayMs))
      const copy = { delivered, marks: retryMarks(past, failure, redactText) }
      const cause = { reason: uncopyable, error: failure.error }
      return send(retryQueue, copy, signal).catch(() => toDeadLetters(original, cause, signal))
    },
    backToQueue: (original, cause, signal) => {
      const { queue, delivered, past } = original
      const copy = { delivered, marks: lastChanceMarks(past) }
      return send(queue, copy, signal).catch(() => toDeadLetters(original, cause, signal))
    },
  }
}

interface Copy {
  readonly delivered: ConsumeMessage
  readonly marks: Record<string, unknown>
}

/** Its headers can be received but not sent: together with ours they exceed the limit, or they have an unknown type. */
const uncopyable = 'uncopyable'
