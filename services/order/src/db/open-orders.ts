/** Queries about orders that have been open for a long time: one statement a function. */
import type { Sql } from '@quadrille/postgres'

/** The number of recently settled orders in the estimate. */
const sample = 1_000

/**
 * The 99th percentile of the time to settle, in ms, over the last orders. Null if there are too few. `updated_at` may
 * be the time of a later notification.
 */
export const settledWithinMs = async (sql: Sql): Promise<number | null> => {
  const [row] = await sql.query<{ count: number; p99: number | null }>(
    `select count(*)::integer as count, percentile_cont(0.99) within group (order by ms) as p99
     from (select (extract(epoch from updated_at - created_at) * 1000)::float as ms
           from customer_order where settled order by id desc limit $1) as latest`,
    [sample],
  )
  return row && row.count >= 100 ? row.p99 : null
}

export interface OpenOrders {
  readonly open: number
  /** Orders that have been open for longer than the given time. */
  readonly stuck: number
  /** Orders whose refund the gateway refused. An operator must act. */
  readonly refundFailed: number
  /** Age of the oldest open order, ms. 0 if no order is open. */
  readonly oldestAgeMs: number
}

/** Counts the oldest open orders, at most `limit` of them. */
export const countOpenOrders = async (sql: Sql, stuckAfterMs: number, limit: number): Promise<OpenOrders> => {
  const [row] = await sql.query<OpenOrders>(
    `select count(*)::integer as open, count(*) filter (where age_ms > $1)::integer as stuck,
            count(*) filter (where payment = 'refund_failed')::integer as "refundFailed",
            coalesce(max(age_ms), 0) as "oldestAgeMs"
     from (select (extract(epoch from clock_timestamp() - created_at) * 1000)::float as age_ms, payment
           from customer_order where not settled order by created_at limit $2) as oldest`,
    [stuckAfterMs, limit],
  )
  return row ?? { open: 0, stuck: 0, refundFailed: 0, oldestAgeMs: 0 }
}
