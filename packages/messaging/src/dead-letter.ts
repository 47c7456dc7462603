/** Messages that are given up: kept with all that is known about them, for a person to look at and to send again. */
import { v7 } from 'uuid'
import type { Cause } from './delivery.ts'
import type { WireMessage } from './message.ts'

export interface DeadLetter {
  /** UUIDv7, made when the message was given up: letters sort by that time. */
  readonly id: string
  /** The queue in which it failed, to which a replay goes. */
  readonly queue: string
  /** The exchange by which it first came, which a replay keeps. Empty where it is not known. */
  readonly exchange: string
  /** As it came, byte for byte. */
  readonly message: WireMessage
  readonly reason: string
  readonly error: string
  readonly stack: string | null
  /** How often handling it has failed, the last time included. */
  readonly attempts: number
  readonly firstFailedAt: Date
  readonly lastFailedAt: Date
}

export interface DeadLetterStore {
  /** Durable when it resolves. A letter whose id is there already is not stored again. */
  add(letters: readonly DeadLetter[]): Promise<void>
}

/** A delivery that fails for the last time. */
export interface LastDelivery {
  readonly queue: string
  /** The exchange by which it first came. */
  readonly exchange: string
  readonly message: WireMessage
  /** Failures before this one. */
  readonly attempts: number
  /** When it failed first, or null where this is the first time. */
  readonly firstFailedAt: Date | null
}

/** Longest text of an error, and of its stack, in characters. */
export const longestError = 2_000
const longestStack = 8_000

/** A secret may reach over the end, in characters. */
const longestSecret = 300

/** Masks the secrets in a text that people may read. */
export type RedactText = (text: string) => string

/** The text of an error as people may read it: truncated, with its secrets masked. */
export const readable = (text: string, length: number, redactText: RedactText): string =>
  redactText(text.slice(0, length + longestSecret)).slice(0, length)

/** How many letters go into one statement: few, as each may be as large as the broker takes messages. */
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
