import type { WaitingMessage } from '@quadrille/outbox'
import type { Sql } from '@quadrille/postgres'

/** Finds dead letters of these subjects that are parked. */
export const findInDeadLetters = (sql: Sql, subjects: readonly string[]): Promise<WaitingMessage[]> =>
  sql.query<WaitingMessage>(
    `select subject, type, 'dead_letter' as place, queue, attempts, error, last_failed_at as at,
            id as "deadLetterId"
     from dead_letter where subject = any($1::uuid[]) and status = 'parked' order by last_failed_at`,
    [subjects],
  )
