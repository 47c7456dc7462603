/** Queries about orders that have been open for a long time: one statement per function. */
import type { Sql } from '@quadrille/postgres'
import { lowestIdAt, timeOf } from './time-of-id.ts'

/** The number of recently settled orders on which the estimate is based. */
const sampleSize = 1_000
/** The largest number of settled orders that are searched for them, because after an outage a million may have expired. */
const searchedSize = 10_000

/**
 * The 99th percentile of the time to settle over the last orders. Null if there are too few. The estimate may be too
 * long, because a later notification also updates `updated_at`. A parcel updates it days later, so the time of an order with
 * parcels is that of its OrderFulfilled. Such an order does not count if its history was deleted. An expired order has waited
 * for as long as it may: after an outage, such orders would hide all stuck ones.
 */
export const settlingTimeP99Ms = async (sql: Sql): Promise<number | null> => {
  const [row] = await sql.query<{ count: number; p99: number | null }>(
    `select count(ms)::integer as count, percentile_cont(0.99) within group (order by ms) as p99
     from (
       select (extract(epoch from settled_at - created_at) * 1000)::float as ms
       from (
         select id, created_at, updated_at
         from (select id, created_at, updated_at, cancellation_reason from customer_order
               where settled order by id desc limit $2) as searched
         where cancellation_reason is distinct from 'expired' order by id desc limit $1
       ) as latest
       cross join lateral (
         select case when (select true from order_shipment where order_id = latest.id limit 1)
           then (select (event->>'time')::timestamptz from order_event
                 where order_id = latest.id and event->>'type' = 'OrderFulfilled' limit 1)
           else updated_at end as settled_at
       ) as ended
     ) as timed`,
    [sampleSize, searchedSize],
  )
  return row && row.count >= 100 ? row.p99 : null
}

export interface OpenOrderCounts {
  readonly open: number
  /**
   * Orders that have been open for longer than the given time, or whose time is more than a minute in the future: then the clock
   * was set back. Those with a refused refund do not count: they may wait for an operator for days, and would hide the others.
   */
  readonly stuck: number
  /** Open orders whose refund the gateway refused. An operator must act. Payment counts those of settled orders too. */
  readonly refundFailed: number
  /** The age of the oldest open order. 0 if no order is open. */
  readonly oldestAgeMs: number
}

interface CountOptions {
  readonly stuckAfterMs: number
  readonly limit: number
  /** Counts only orders whose ids are of this time or later, ms since 1970. Default: all. */
  readonly fromMs?: number
}

/** Counts the open orders, from the oldest, up to `limit`. `oldestMs`: the time of the id of the first. Null if no order is open. */
export const countOpenOrders = async (
  sql: Sql,
  { stuckAfterMs, limit, fromMs = 0 }: CountOptions,
): Promise<OpenOrderCounts & { readonly oldestMs: number | null }> => {
  const [row] = await sql.query<OpenOrderCounts & { oldestId: string | null }>(
    `with oldest as materialized (
       select id, (extract(epoch from clock_timestamp() - created_at) * 1000)::float as age_ms, payment
       from customer_order where not settled and id >= $3 order by id limit $2
     )
     select count(*)::integer as open,
            count(*) filter (where (age_ms > $1 or age_ms < -60000) and payment <> 'refund_failed')::integer as stuck,
            count(*) filter (where payment = 'refund_failed')::integer as "refundFailed",
            greatest(max(age_ms), 0) as "oldestAgeMs",
            (select id from oldest order by id limit 1) as "oldestId"
     from oldest`,
    [stuckAfterMs, limit, lowestIdAt(fromMs)],
  )
  const { oldestId, ...counts } = row ?? { open: 0, stuck: 0, refundFailed: 0, oldestAgeMs: 0, oldestId: null }
  return { ...counts, oldestMs: oldestId === null ? null : timeOf(oldestId) }
}
