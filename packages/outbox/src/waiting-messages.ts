/** Finds the messages of a subject that wait in this service's database, to explain why it makes no progress. */
import type { Sql } from '@quadrille/postgres'

/** A message that waits in this database. */
export interface WaitingMessage {
  readonly subject: string
  /** As the sender gave it. Empty if it gave none. */
  readonly messageId: string
  /** The id of the message that caused this one. Null if it is unknown. */
  readonly causationId: string | null
  readonly type: string
  readonly place: 'outbox' | 'retry' | 'dead_letter'
  /** The queue in which it failed. Null in the outbox. */
  readonly queue: string | null
  /** The number of failed attempts. */
  readonly attempts: number
  readonly error: string | null
  /** In the outbox: since when it may be sent; null if it is scheduled for later. Elsewhere: when it first failed; null if it has not. */
  readonly since: Date | null
  /** In the outbox: the time from which it may be sent. A retry: its next attempt. A dead letter: when it became one. */
  readonly at: Date
  readonly deadLetterId: string | null
}

/** A row whose message is stored as bytes. */
export type WaitingRow = Omit<WaitingMessage, 'causationId'> & { readonly body: Uint8Array }

/** Reads the cause from the message, which may be unreadable. */
export const withCause = ({ body, ...row }: WaitingRow): WaitingMessage => ({ ...row, causationId: causeIn(body) })

const causeIn = (body: Uint8Array): string | null => {
  try {
    const { causationid } = JSON.parse(Buffer.from(body).toString())
    return typeof causationid === 'string' ? causationid : null
  } catch {
    return null
  }
}

/**
 * Finds messages of these subjects that the broker has not confirmed yet, the oldest first. A taken row is being sent: the end of its
 * lease is not the time of its next attempt.
 */
export const findInOutbox = async (sql: Sql, subjects: readonly string[]): Promise<WaitingMessage[]> => {
  const rows = await sql.query<WaitingRow>(
    `select subject, id as "messageId", type, 'outbox' as place, null as queue, failures as attempts, null as error,
            case when created_at <= clock_timestamp() then created_at end as since,
            case when taken then created_at else greatest(created_at, leased_until) end as at,
            null as "deadLetterId", coalesce(bytes, convert_to(body, 'UTF8')) as body
     from outbox where subject = any($1::uuid[]) order by seq`,
    [subjects],
  )
  return rows.map(withCause)
}

/**
 * Finds the messages of these subjects that wait in the retry table, the next first. With RabbitMQ the table is empty. A taken row is
 * being handled, and its time is the end of a lease.
 */
export const findInRetry = async (sql: Sql, subjects: readonly string[]): Promise<WaitingMessage[]> => {
  const rows = await sql.query<WaitingRow>(
    `select message ->> 'correlationId' as subject, message ->> 'id' as "messageId", message ->> 'type' as type,
            'retry' as place, queue, attempts, error, first_failed_at as since, due_at as at, null as "deadLetterId", body
     from retry where message ->> 'correlationId' = any($1::text[]) and not taken order by due_at`,
    [subjects],
  )
  return rows.map(withCause)
}
