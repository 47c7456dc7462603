/** Forgetting what is over, in steps that are small enough to hold up nobody. Each returns how many rows it has deleted. */
import type { Sql } from '@quadrille/postgres'

export interface DeletionStep {
  readonly olderThanMs: number
  /** Rows at most. Where so many were deleted there may be more. */
  readonly limit: number
}

/**
 * Forgets which messages have had their effect. Never one that waits in this database to be handled once more, as a retry, a
 * replay or a dead letter. What waits in RabbitMQ is not seen from here, so the age must be well above all retry delays together.
 */
export const purgeInbox = (sql: Sql, step: DeletionStep): Promise<number> =>
  deleteRows(
    sql,
    `delete from inbox where id in (
       select id from inbox
       where received_at < clock_timestamp() - $1 * interval '1 millisecond'
         and not exists (select from outbox where outbox.id = inbox.id)
         and not exists (select from retry where retry.message ->> 'id' = inbox.id::text)
         and not exists (select from dead_letter where status = 'parked' and message_id = inbox.id::text)
       limit $2
     )`,
    step,
  )

/** Runs a `delete` whose parameters are the age in ms and the limit, and returns how many rows it has deleted. */
export const deleteRows = async (sql: Sql, deletion: string, { olderThanMs, limit }: DeletionStep): Promise<number> => {
  const [row] = await sql.query<{ rows: number }>(
    `with gone as (${deletion} returning 1) select count(*)::integer as rows from gone`,
    [olderThanMs, limit],
  )
  return row?.rows ?? 0
}
