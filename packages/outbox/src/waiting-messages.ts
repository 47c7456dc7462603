/** Finds the messages of a subject that wait in this service's database, to explain why it makes no progress. */
import type { Sql } from '@quadrille/postgres'

/** A message that waits in this database. */
export interface WaitingMessage {
  readonly subject: string
  readonly type: string
  readonly place: 'outbox' | 'retry' | 'dead_letter'
  /** The queue in which it failed. Null in the outbox. */
  readonly queue: string | null
  /** The number of failures. */
  readonly attempts: number
  /** The last error. */
  readonly error: string | null
  /** In the outbox: the time from which it may be sent. A retry: its next attempt. A dead letter: when it was parked. */
  readonly at: Date
  /** The id of the dead letter. */
  readonly deadLetterId: string | null
}

/** Finds messages of these subjects that the broker has not confirmed yet, the oldest first. */
export const findInOutbox = (sql: Sql, subjects: readonly string[]): Promise<WaitingMessage[]> =>
  sql.query<WaitingMessage>(
    `select subject, type, 'outbox' as place, null as queue, 0 as attempts, null as error, created_at as at, null as "deadLetterId"
     from outbox where subject = any($1::uuid[]) order by seq`,
    [subjects],
  )

/**
 * Finds deliveries of these subjects that wait in the retry table, the next first. With RabbitMQ the table is empty.
 */
export const findInRetry = (sql: Sql, subjects: readonly string[]): Promise<WaitingMessage[]> =>
  sql.query<WaitingMessage>(
    `select message ->> 'correlationId' as subject, message ->> 'type' as type, 'retry' as place, queue, attempts, error,
            due_at as at, null as "deadLetterId"
     from retry where message ->> 'correlationId' = any($1::text[]) order by due_at`,
    [subjects],
  )
