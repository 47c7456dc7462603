/** Messages that are given up: stored with all details, for an operator to examine and send again. */
import { v7 } from 'uuid'
import type { Cause } from './delivery.ts'
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
  /** The number of failures, including the last one. */
  readonly attempts: number
  readonly firstFailedAt: Date
  readonly lastFailedAt: Date
}

export interface DeadLetterStore {
  /** Durable when it resolves. A dead letter whose id exists is not stored again. */
  add(letters: readonly DeadLetter[]): Promise<void>
}

/** A delivery that fails for the last time. */
export interface LastDelivery {
  readonly queue: string
  /** The exchange of its first delivery. */
  readonly exchange: string
  readonly message: WireMessage
  /** Failures before this one. */
  readonly attempts: number
  /** The time of the first failure. Null if this is the first one. */
  readonly firstFailedAt: Date | null
}

/** The longest text of an error, and of its stack, in characters. */
export const longestError = 2_000
const longestStack = 8_000

/** The longest secret that may extend over the end, in characters. */
const longestSecret = 300

/** Masks the secrets in a text for people. */
export type RedactText = (text: string) => string

/** The text of an error for people: truncated, with its secrets masked. */
export const readable = (text: string, length: number, redactText: RedactText): string =>
  redactText(text.slice(0, length + longestSecret)).slice(0, length)

/** The number of dead letters in one statement: few, because each may have the maximum size of a message. */
export const letterBatchSize = 5

/** The dead letter of a message that is given up now. */
export const deadLetter = (
  { queue, exchange, message, attempts, firstFailedAt }: LastDelivery,
  { reason, error }: Cause,
  redactText: RedactText,
): DeadLetter => {
  const now = new Date()
  return {
    id: v7(),
    queue,
    exchange,
    message,
    reason,
    error: readable(error.message, longestError, redactText),
    stack: error.stack === undefined ? null : readable(error.stack, longestStack, redactText),
    attempts: attempts + 1,
    firstFailedAt: firstFailedAt ?? now,
    lastFailedAt: now,
  }
}
