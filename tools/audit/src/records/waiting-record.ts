import type { Sql } from '@quadrille/postgres'
import type { Selection } from '../selection.ts'

/** The orders with a message that waits in one of the databases to be published or retried. */
export const readOrdersWithWaitingMessages = async (
  databases: readonly Sql[],
  selection: Selection,
): Promise<Set<string>> => {
  const byDatabase = await Promise.all(databases.map((sql) => readWaiting(sql, selection)))
  return new Set(byDatabase.flatMap((rows) => rows.map(({ orderId }) => orderId)))
}

/** A message of a foreign publisher may have no correlation id, or one that is not an order id. */
const readWaiting = (sql: Sql, { where, values }: Selection): Promise<{ orderId: string }[]> =>
  sql.query<{ orderId: string }>(
    `with waiting as (
       select subject as order_id from outbox
       union
       select case when message->>'correlationId' ~ '^[\\da-f]{8}(-[\\da-f]{4}){3}-[\\da-f]{12}$'
                   then (message->>'correlationId')::uuid end from retry
     )
     select order_id as "orderId" from waiting where ${where('order_id')}`,
    values,
  )
