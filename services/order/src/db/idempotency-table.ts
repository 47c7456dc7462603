/** Idempotency keys, each with the first response. */
import type { Sql, Statement } from '@quadrille/postgres'
import type { OrderView } from '../domain/view.ts'

export interface IdempotencyKey {
  readonly key: string
  readonly requestHash: string
  readonly orderId: string
  readonly response: OrderView
}

export const findKeys = async (sql: Sql, keys: readonly string[]): Promise<IdempotencyKey[]> => {
  const rows = await sql.query<{ key: string; request_hash: string; order_id: string; response: OrderView }>(
    'select key, request_hash, order_id, response from idempotency_key where key = any($1::text[])',
    [keys],
  )
  return rows.map(({ key, request_hash, order_id, response }) => ({
    key,
    requestHash: request_hash,
    orderId: order_id,
    response,
  }))
}

/**
 * A plain insert without `on conflict`. If two instances use one key concurrently, the later transaction fails with a
 * conflict, and finds the key when it is retried.
 */
export const insertKeys = (keys: readonly IdempotencyKey[]): Statement => ({
  text: `insert into idempotency_key (key, request_hash, order_id, response)
    select key, request_hash, order_id, response
    from unnest($1::text[], $2::text[], $3::uuid[], $4::json[]) as used (key, request_hash, order_id, response)`,
  values: [
    keys.map(({ key }) => key),
    keys.map(({ requestHash }) => requestHash),
    keys.map(({ orderId }) => orderId),
    keys.map(({ response }) => JSON.stringify(response)),
  ],
})

/** Deletes up to `limit` keys that are older than `ttlMs`, and returns their number. */
export const deleteKeys = async (sql: Sql, ttlMs: number, limit: number): Promise<number> => {
  const rows = await sql.query(
    `delete from idempotency_key where key in (
       select key from idempotency_key where created_at < now() - $1 * interval '1 millisecond' order by created_at limit $2
     ) returning 1`,
    [ttlMs, limit],
  )
  return rows.length
}
