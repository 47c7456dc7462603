/** The change from one broker to another: one statement per function. */
import type { Sql } from '@quadrille/postgres'
import { insertVerbatim } from './insert-verbatim.ts'

/**
 * Records the broker that the service uses now. Returns the one that it used before, if that is another one; otherwise null. The first
 * one is used since ever, because no message waits at another one.
 */
export const recordBroker = async (sql: Sql, system: string): Promise<string | null> => {
  const [row] = await sql.query<{ before: string | null }>(
    `with earlier as (select system from broker_in_use)
     insert into broker_in_use (system, since) values ($1, '-infinity')
     on conflict (only_row) do update set system = excluded.system, since = now()
       where broker_in_use.system <> excluded.system
     returning (select system from earlier) as before`,
    [system],
  )
  return row?.before ?? null
}

/** Finds when the service last changed from one broker to another, also at the start of another instance. Null if it never did. */
export const findBrokerChange = async (sql: Sql): Promise<Date | null> => {
  const [row] = await sql.query<{ since: Date | null }>("select nullif(since, '-infinity') as since from broker_in_use")
  return row?.since ?? null
}

export interface Moving {
  /** Rows of other queues stay: the service does not consume them. */
  readonly queues: readonly string[]
  /** The direct exchange, which routes to each queue by its name. */
  readonly exchange: string
  readonly limit: number
}

/**
 * Moves deliveries from the retry table to the outbox, for a broker that has retry queues and does not read that table. Each is sent
 * unchanged, only to its queue and not before it is due. Its attempts begin again. `moved` distinguishes it from a replay, for audits.
 * A delivery that a process on the in-process broker handles now stays until its lease has expired. Returns how many were moved.
 */
export const moveRetries = async (sql: Sql, { queues, exchange, limit }: Moving): Promise<number> => {
  const rows = await sql.query(
    `with waiting as (
       delete from retry where key = any(array(
         select key from retry where queue = any($1::text[]) and (not taken or due_at <= clock_timestamp())
         order by key limit $3 for update skip locked
       ))
       returning key, queue, message, body, exchange,
                 greatest(due_at, clock_timestamp()) as due_at, gen_random_uuid() as new_id
     )
     ${insertVerbatim(`
       select key as place, message->>'id' as message_id, new_id, coalesce(message->>'type', '') as type,
              message->>'correlationId' as subject, $2 as exchange, queue as routing_key,
              message || jsonb_build_object('moved', true) as message, exchange as original_exchange, body as bytes,
              null::uuid as letter_id, due_at
       from waiting`)}
     returning 1`,
    [queues, exchange, limit],
  )
  return rows.length
}
