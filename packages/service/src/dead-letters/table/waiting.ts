import { type WaitingMessage, type WaitingRow, withCause } from '@quadrille/outbox'
import type { Sql } from '@quadrille/postgres'

/**
 * Finds dead letters of these subjects that are parked. Not those with the reason `wrong_exchange`: their replay is rejected, and a
 * forgery must not look like the genuine message.
 */
export const findInDeadLetters = async (sql: Sql, subjects: readonly string[]): Promise<WaitingMessage[]> => {
  const rows = await sql.query<WaitingRow>(
    `select subject, message_id as "messageId", type, 'dead_letter' as place, queue, attempts, error,
            first_failed_at as since, last_failed_at as at, id as "deadLetterId", body
     from dead_letter where subject = any($1::uuid[]) and status = 'parked' and reason <> 'wrong_exchange'
     order by last_failed_at`,
    [subjects],
  )
  return rows.map(withCause)
}

/** A dead letter, with any status. */
export interface DeadLetterKey {
  readonly messageId: string
  readonly queue: string
  /** When it was replayed or discarded. */
  readonly settledAt: Date | null
}

/** The dead letters of these subjects. */
export const findDeadLetterKeys = (sql: Sql, subjects: readonly string[]): Promise<DeadLetterKey[]> =>
  sql.query(
    `select message_id as "messageId", queue, settled_at as "settledAt" from dead_letter where subject = any($1::uuid[])`,
    [subjects],
  )
