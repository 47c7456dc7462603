/** The table `receipt_answer`, the first response to each idempotency key of a receipt: one statement per function. */
import { type DeletionStep, deleteRows, type Sql } from '@quadrille/postgres'
import type { Stock } from '../domain/stock.ts'

export interface FirstResponse {
  readonly requestHash: string
  readonly response: Stock
}

/** Inserts a key. False if it was used before. Waits for another transaction that is using it. */
export const insertKey = async (sql: Sql, key: string, requestHash: string): Promise<boolean> => {
  const rows = await sql.query(
    `insert into receipt_answer (idempotency_key, request_hash) values ($1, $2)
     on conflict do nothing returning idempotency_key`,
    [key, requestHash],
  )
  return rows.length > 0
}

/** Stores the response to a request whose key this transaction has inserted. */
export const storeFirstResponse = async (sql: Sql, key: string, response: Stock): Promise<void> => {
  await sql.query('update receipt_answer set answer = $2 where idempotency_key = $1', [key, JSON.stringify(response)])
}

/** Finds the first response to a key. */
export const findFirstResponse = async (sql: Sql, key: string): Promise<FirstResponse | undefined> => {
  const [row] = await sql.query<FirstResponse>(
    `select request_hash as "requestHash", answer as response from receipt_answer where idempotency_key = $1`,
    [key],
  )
  return row
}

/** Deletes the expired ones, with their keys. */
export const deleteFirstResponses = (sql: Sql, step: DeletionStep): Promise<number> =>
  deleteRows(
    sql,
    `delete from receipt_answer where idempotency_key in (
       select idempotency_key from receipt_answer
       where created_at < now() - $1 * interval '1 millisecond' order by created_at limit $2
     )`,
    step,
  )
