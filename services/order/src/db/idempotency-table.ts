/** The table `idempotency_key`, the first response to each key: one statement per function. */
import { type DeletionStep, deleteRows, parameterTable, type Sql, type Statement } from '@quadrille/postgres'
import type { OrderView } from '../domain/view.ts'

export interface FirstResponse {
  readonly key: string
  readonly requestHash: string
  readonly orderId: string
  readonly response: OrderView
}

export const findFirstResponses = (sql: Sql, keys: readonly string[]): Promise<FirstResponse[]> =>
  sql.query<FirstResponse>(
    `select key, request_hash as "requestHash", order_id as "orderId", response
     from idempotency_key where key = any($1::text[])`,
    [keys],
  )

const used = parameterTable({ key: 'text', request_hash: 'text', order_id: 'uuid', response: 'json' })

/**
 * A plain insert without `on conflict`. If two instances use one key concurrently, the later transaction fails with a
 * conflict, and finds the key when it is retried.
 */
export const insertFirstResponses = (responses: readonly FirstResponse[]): Statement => ({
  text: `insert into idempotency_key (${used.columns}) select ${used.columns} from ${used.sql} as used`,
  values: used.values(
    responses.map(({ key, requestHash, orderId, response }) => ({
      key,
      request_hash: requestHash,
      order_id: orderId,
      response: JSON.stringify(response),
    })),
  ),
})

/** Deletes expired keys, with their responses. */
export const deleteFirstResponses = (sql: Sql, step: DeletionStep): Promise<number> =>
  deleteRows(
    sql,
    `delete from idempotency_key where key in (
       select key from idempotency_key where created_at < now() - $1 * interval '1 millisecond' order by created_at limit $2
     )`,
    step,
  )
