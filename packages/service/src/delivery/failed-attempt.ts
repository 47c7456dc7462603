/** A failed attempt to handle a message, as it is recorded for operators. */
import { type Language, uuid } from '@quadrille/messages'
import { redactAndTruncate } from '@quadrille/messaging'
import type { Incoming } from './incoming.ts'
import type { DeadLetterReason } from './outcome.ts'

export interface FailedAttempt {
  readonly subject: string
  /** Empty if the message has none. */
  readonly messageId: string
  /** The id of the message that caused this one. Null if it is unknown. */
  readonly causationId: string | null
  readonly type: string
  readonly queue: string
  /** The number of the attempt of this message on this queue, from 1. */
  readonly attempt: number
  /** In one line, with its secrets masked. */
  readonly error: string
  /**
   * `retried`: it is tried again later. `postponed`: the same, but the attempt does not count, because the fault is not of this
   * message. `parked`: it is a dead letter.
   */
  readonly outcome: 'retried' | 'postponed' | 'parked'
  /** The reason of the dead letter. Null for other outcomes. */
  readonly reason: string | null
  /** Null if this is the first failure. */
  readonly firstFailedAt: Date | null
  /** The delay until the next attempt, ms. Null if the message becomes a dead letter. */
  readonly delayMs: number | null
}

/** The error of an attempt, and its consequence. */
export interface Failure extends Pick<FailedAttempt, 'outcome'> {
  readonly error: Error
  readonly reason?: DeadLetterReason
  readonly delayMs?: number
}

/** The maximum lengths of an error, and of an id or a type that a foreign publisher has written, in characters. */
const maxErrorLength = 500
const maxNameLength = 255

/** Null for a message without the id of a subject, by which the attempt could be found. Its dead letter has all details. */
export const failedAttempt = (
  incoming: Incoming,
  { error, reason, delayMs, ...failure }: Failure & Pick<FailedAttempt, 'queue'>,
  { redactText }: Pick<Language, 'redactText'>,
): FailedAttempt | null => {
  const { message: sent } = incoming.delivery
  const message = incoming.message()
  const subject = uuid.safeParse(message?.subject ?? sent.correlationId)
  if (!subject.success) return null
  return {
    ...failure,
    subject: subject.data,
    messageId: (message?.id ?? sent.id).slice(0, maxNameLength),
    causationId: message?.causationid ?? null,
    type: (message?.type ?? sent.type).slice(0, maxNameLength),
    attempt: incoming.attempt(),
    error: redactAndTruncate(error.message.replaceAll(/\s+/g, ' '), maxErrorLength, redactText),
    reason: reason ?? null,
    firstFailedAt: incoming.firstFailedAt,
    delayMs: delayMs ?? null,
  }
}
