/** Messages that are given up: kept with all that is known about them, for a person to look at and to send again. */
import { v7 } from 'uuid'
import type { Cause, WireMessage } from './broker.ts'

export interface DeadLetter {
  /** UUIDv7, made when the message was given up: letters sort by that time. */
  readonly id: string
  /** The queue in which it failed, to which a replay goes. */
  readonly queue: string
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
  readonly message: WireMessage
  /** Failures before this one. */
  readonly attempts: number
  /** When it failed first, or null where this is the first time. */
  readonly firstFailedAt: Date | null
}

/** Longest text of an error, and of its stack, in characters. */
const [longestError, longestStack] = [2_000, 8_000]

/** How many letters go into one statement: few, as each may be as large as the broker takes messages. */
export const letterBatchSize = 5

/** Writes the letter of a message that is given up now. */
export const deadLetter = (
  { queue, message, attempts, firstFailedAt }: LastDelivery,
  { reason, error }: Cause,
): DeadLetter => {
  const now = new Date()
  return {
    id: v7(),
    queue,
    message,
    reason,
    error: error.message.slice(0, longestError),
    stack: error.stack?.slice(0, longestStack) ?? null,
    attempts: attempts + 1,
    firstFailedAt: firstFailedAt ?? now,
    lastFailedAt: now,
  }
}
