/** What is asked about orders that are open for long: one statement a function. */
import type { Sql } from '@quadrille/postgres'

/** How many of the last orders that were settled say how long an order takes. */
const sample = 1_000

/**
 * In how many ms 99 of 100 of the last orders were settled, or null where there are too few to say. `updated_at` may be a
 * notification later than that.
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
  /** Open for longer than was asked. */
  readonly stuck: number
  /** The gateway has refused to give the money back: somebody must act. */
  readonly refundFailed: number
  /** Of the oldest one, ms; 0 where none is open. */
  readonly oldestAgeMs: number
}

/** Counts the oldest open orders, up to `limit` of them. */
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
