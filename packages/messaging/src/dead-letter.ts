/** Messages that are given up: stored with all details, for an operator to examine and send again. */
import { BatchWriter, type BatchWriterOptions } from '@quadrille/async'
import { timeOrderedId } from '@quadrille/messages'
import type { ParkOptions, QueuedMessage } from './delivery.ts'
import type { WireMessage } from './message.ts'

export interface DeadLetter {
  /** UUIDv7 of the time when the message was given up. Dead letters sort by that time. */
  readonly id: string
  /** The queue in which it failed, and to which a replay goes. */
  readonly queue: string
  /** The exchange of its first delivery, which a replay keeps. Empty if it is unknown. */
  readonly exchange: string
  /** As received, byte for byte. */
  readonly message: WireMessage
  readonly reason: string
  readonly error: string
  readonly stack: string | null
  /** The number of failed attempts, including the last one. 0 if only its postponement failed, because it can't be copied. */
  readonly attempts: number
  readonly firstFailedAt: Date
  readonly lastFailedAt: Date
}

export interface DeadLetterStore {
  /** Durable when it resolves. A dead letter whose id exists is not stored again. */
  add(deadLetters: readonly DeadLetter[]): Promise<void>
}

/** A message that fails for the last time. Its history excludes this failure. */
interface LastFailing extends Omit<QueuedMessage, 'crashes'> {
  readonly queue: string
}

/** The maximum lengths of an error text and of a stack trace, in characters. */
export const maxErrorLength = 2_000
const maxStackLength = 8_000

/** A secret of up to this length is masked even if the truncation would cut it, in characters. */
const maxSecretLength = 300

/** Masks the secrets in a text for people. */
export type RedactText = (text: string) => string

/** An error text for people, with its secrets masked, and truncated to `length`. */
export const redactAndTruncate = (text: string, length: number, redactText: RedactText): string => {
  const redacted = redactText(text.slice(0, length + maxSecretLength))
  if (text.length <= length + maxSecretLength) return redacted.slice(0, length)
  // The end may be a part of a secret, and masks shorten the text, so that it may be within the length.
  return redacted.slice(0, Math.min(length, Math.max(0, redacted.length - maxSecretLength)))
}

/** The maximum number of dead letters in one statement: few, because each may have the maximum size of a message. */
const batchSize = 5

/** Stores dead letters, and tries again while the store is unavailable. */
export const deadLetterWriter = (
  store: DeadLetterStore,
  options: Pick<BatchWriterOptions<DeadLetter>, 'backoff' | 'onError'>,
): BatchWriter<DeadLetter> =>
  new BatchWriter({ ...options, write: (deadLetters) => store.add(deadLetters), maxSize: batchSize })

/** The dead letter of a message that is given up now. */
export const deadLetter = (
  { queue, exchange, message, attempts, firstFailedAt }: LastFailing,
  { reason, error, failedAttempts = 1, firstFailedAt: localFailedAt, failedAt = new Date() }: ParkOptions,
  redactText: RedactText,
): DeadLetter => ({
  id: timeOrderedId(failedAt.getTime()),
  queue,
  exchange,
  message,
  reason,
  error: redactAndTruncate(error.message, maxErrorLength, redactText),
  stack: error.stack === undefined ? null : redactAndTruncate(error.stack, maxStackLength, redactText),
  attempts: attempts + failedAttempts,
  firstFailedAt: firstFailedAt ?? localFailedAt ?? failedAt,
  lastFailedAt: failedAt,
})
