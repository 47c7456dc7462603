/** Copies of failed or dead-lettered messages. A copy is stored durably before its original is acknowledged. */

import { type Backoff, backoffMs, pause, toError, within } from '@quadrille/async'
import type { ConsumeMessage } from 'amqplib'
import { type QueuedAt, type Stores, Unconfirmed, Unroutable } from '../../broker.ts'
import { deadLetter, deadLetterWriter } from '../../dead-letter.ts'
import type { ParkOptions, RetryOptions } from '../../delivery.ts'
import { retryTierFor } from '../../topology.ts'
import { type DeliveryHistory, lastChanceHeaders, retryHeaders } from '../headers.ts'
import type { AmqpPublisher } from '../publisher/publisher.ts'
import { retryQueueOf } from '../topology/names.ts'
import { copyProperties, fromDelivery } from '../wire.ts'

export interface RepublisherOptions {
  readonly publisher: AmqpPublisher
  readonly stores: Pick<Stores, 'deadLetters' | 'redactText'>
  /** The direct exchange of the service. */
  readonly direct: string
  readonly backoff: Backoff
  /** How long `close` waits for the confirms of copies, ms. */
  readonly copyTimeoutMs: number
  readonly onError: (error: unknown, step: 'retry' | 'park', message: QueuedAt | undefined) => void
}

/** An unacknowledged message, and the queue to which it belongs. */
export interface Original {
  readonly queue: string
  readonly delivered: ConsumeMessage
  readonly history: DeliveryHistory
}

/**
 * Each method resolves to true when the copy is durable. An unavailable broker or store is not a failure of the
 * message, so it is tried again with backoff. Resolves to false if it stops trying, because the channel of the
 * original has closed or the service leaves.
 */
export interface Republisher {
  toRetryQueue(original: Original, options: RetryOptions, signal: AbortSignal): Promise<boolean>
  /** Returns the message to the queue that dead-lettered it. */
  backToQueue(original: Original, options: ParkOptions, signal: AbortSignal): Promise<boolean>
  toDeadLetters(original: Original, options: ParkOptions, signal: AbortSignal): Promise<boolean>
  /**
   * Waits for copies that are being sent, for at most `copyTimeoutMs`, and stores dead letters if the store is available. Resolves
   * when the store is no longer used.
   */
  close(): Promise<void>
}

export const createRepublisher = ({
  publisher,
  stores,
  direct,
  backoff,
  copyTimeoutMs,
  onError,
}: RepublisherOptions): Republisher => {
  const { redactText } = stores
  const deadLetters = deadLetterWriter(stores.deadLetters, {
    backoff,
    onError: (error, only) => onError(error, 'park', only),
  })

  const toDeadLetters: Republisher['toDeadLetters'] = ({ queue, delivered, history }, options, signal) => {
    const parked = deadLetter({ queue, message: fromDelivery(delivered), ...history }, options, redactText)
    return deadLetters.write(parked, signal).then(
      () => true,
      () => false,
    )
  }

  const copy = async (
    original: Original,
    { to, ownHeaders, otherwise }: Copy,
    signal: AbortSignal,
  ): Promise<boolean> => {
    const { queue, delivered } = original
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        const properties = copyProperties(delivered, ownHeaders)
        await publisher.send({ exchange: direct, routingKey: to }, delivered.content, properties)
        return true
      } catch (error) {
        if (!(error instanceof Unconfirmed || error instanceof Unroutable))
          return toDeadLetters(original, { ...otherwise, error: withCause(otherwise.error, error) }, signal)
        onError(error, 'retry', { queue, message: fromDelivery(delivered) })
        await pause(backoffMs(failures, backoff), signal)
      }
    }
    return false
  }

  const copies = new Set<Promise<boolean>>()
  /** Lets `close` wait for a copy. */
  const track = (copied: Promise<boolean>): Promise<boolean> => {
    copies.add(copied)
    void copied.finally(() => copies.delete(copied))
    return copied
  }

  return {
    toDeadLetters,
    close: async () => {
      await Promise.all([deadLetters.close(), within(copyTimeoutMs, Promise.all(copies))])
    },
    toRetryQueue: (original, options, signal) => {
      const to = retryQueueOf(original.queue, retryTierFor(options.delayMs))
      const ownHeaders = retryHeaders(original.history, options, redactText)
      return track(copy(original, { to, ownHeaders, otherwise: { ...options, reason: uncopyable } }, signal))
    },
    backToQueue: (original, otherwise, signal) => {
      const ownHeaders = lastChanceHeaders(original.history)
      return track(copy(original, { to: original.queue, ownHeaders, otherwise }, signal))
    },
  }
}

interface Copy {
  /** The queue that gets it. */
  readonly to: string
  readonly ownHeaders: Record<string, unknown>
  /** How the original is given up if it can't be copied. */
  readonly otherwise: ParkOptions
}

/**
 * The reason for messages whose headers can't be sent again: together with ours they exceed the limit, or have an
 * unknown type.
 */
const uncopyable = 'uncopyable'

/** The failure of a message that can't be sent again, because of `cause`. The stack still tells where it failed. */
const withCause = ({ message, stack }: Error, cause: unknown): Error => {
  const error = new Error(`Can't be sent again (${toError(cause).message}), after: ${message}`, { cause })
  if (stack !== undefined) error.stack = stack
  return error
}
