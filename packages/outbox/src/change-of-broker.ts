/** The change from one broker to another: one statement per function. */
import type { Sql } from '@quadrille/postgres'

/** Records the broker that the service uses now. Returns the one that it used before, if that is another one; otherwise null. */
export const recordBroker = async (sql: Sql, system: string): Promise<string | null> => {
  const [row] = await sql.query<{ before: string | null }>(
    `with earlier as (select system from broker_in_use)
     insert into broker_in_use (system) values ($1)
     on conflict (only_row) do update set system = excluded.system, since = now()
       where broker_in_use.system <> excluded.system
     returning (select system from earlier) as before`,
    [system],
  )
  return row?.before ?? null
}

const isUuid = (column: string): string => `${column} ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'`

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
       delete from retry where key in (
         select key from retry where queue = any($1::text[]) and (not taken or due_at <= clock_timestamp())
         order by key limit $3 for update skip locked
       )
       returning key, queue, message, body, exchange,
                 greatest(due_at, clock_timestamp()) as due_at, gen_random_uuid() as new_id
     )
     insert into outbox (id, type, subject, exchange, routing_key, body, message, bytes, created_at, leased_until)
     select id, coalesce(message->>'type', ''),
            case when ${isUuid("message->>'correlationId'")} then (message->>'correlationId')::uuid else id end,
            $2, queue, '', message || jsonb_build_object('exchange', exchange, 'moved', true), body, due_at, due_at
     from (
       select key, queue, message, body, exchange, due_at,
              case when ${isUuid("message->>'id'")} then (message->>'id')::uuid else new_id end as id
       from waiting
     ) as moved
     order by key
     returning 1`,
    [queues, exchange, limit],
  )
  return rows.length
}
