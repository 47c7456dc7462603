import type { WaitingMessage } from '@quadrille/outbox'
import type { Sql } from '@quadrille/postgres'

/** Messages of these orders that were given up, and that nobody has replayed or discarded yet. */
export const findInDeadLetters = (sql: Sql, orderIds: readonly string[]): Promise<WaitingMessage[]> =>
  sql.query<WaitingMessage>(
    `select order_id as "orderId", type, 'dead_letter' as place, queue, attempts, error, last_failed_at as at,
            id as "deadLetterId"
     from dead_letter where order_id = any($1::uuid[]) and status = 'parked' order by last_failed_at`,
    [orderIds],
  )
