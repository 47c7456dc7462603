/**
 * Deletes expired rows, in steps that are small enough not to block other statements. Each function returns the number
 * of deleted rows.
 */
import type { Sql } from '@quadrille/postgres'

export interface DeletionStep {
  readonly olderThanMs: number
  /** The maximum number of rows to delete. If that many were deleted, there may be more. */
  readonly limit: number
}

/**
 * Deletes ids of handled messages, except for messages that wait in this database as a retry, a replay or a dead
 * letter. Messages in RabbitMQ are not visible here, so the age must be well above all retry delays together. Each waiting message
 * is read once per step: `not in` builds a hash table, which a join by keys would not.
 */
export const purgeInbox = (sql: Sql, step: DeletionStep): Promise<number> =>
  deleteRows(
    sql,
    `delete from inbox where (subject, id) in (
       select subject, id from inbox
       where received_at < clock_timestamp() - $1 * interval '1 millisecond'
         and id not in (select id from outbox)
         and id::text not in (select message ->> 'id' from retry where message ->> 'id' is not null)
         and not exists (select from dead_letter where status = 'parked' and message_id = inbox.id::text)
       limit $2
     )`,
    step,
  )

/** Runs a `delete` with the parameters age in ms and limit, and returns the number of deleted rows. */
export const deleteRows = async (sql: Sql, deletion: string, { olderThanMs, limit }: DeletionStep): Promise<number> => {
  const [row] = await sql.query<{ rows: number }>(
    `with gone as (${deletion} returning 1) select count(*)::integer as rows from gone`,
    [olderThanMs, limit],
  )
  return row?.rows ?? 0
}
