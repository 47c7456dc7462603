import type { Sql } from '@quadrille/postgres'
import type { OrderRecord } from '../records/order-record.ts'
import type { Violation } from '../report.ts'
import { checkEach, type Faults, type Invariant, type Slice } from './invariant.ts'

export const endingsHaveReasons: Invariant = {
  name: 'I13',
  claim: 'no order expires before its deadline, and no order is rejected while its stock is available',
  checkOrders: (slice) => {
    const expired = new Map([...slice.records.orders].filter(([, { expiresAt }]) => expiresAt !== null))
    return {
      checked: { expired: expired.size },
      violations: checkEach(expired, (order) => earlyExpiryFaults(order, slice)),
    }
  },
  checkSystem: async ({ snapshots: { order, inventory } }) => {
    const [rejected, unexplained, available] = await Promise.all([
      countRejected(inventory),
      findUnexplained(inventory),
      findAvailable(inventory).then((suspects) => withRecentEvent(order, suspects)),
    ])
    return { checked: { rejected }, violations: [...unexplained, ...available] }
  },
}

/** The order service estimates its database's time, with an error of at most half a round trip: below a second. In ms. */
const clockErrorMs = 1_000

function* earlyExpiryFaults({ id, expiresAt }: OrderRecord, { records: { histories } }: Slice): Faults {
  const expiredAt = histories.get(id)?.expiredAt
  if (expiresAt && expiredAt && expiredAt.getTime() < expiresAt.getTime() - clockErrorMs)
    yield `expired at ${expiredAt.toISOString()}, before its deadline ${expiresAt.toISOString()}`
}

const countRejected = async (sql: Sql): Promise<number> => {
  const [row] = await sql.query<{ rejected: number }>(
    `select count(*) as rejected from reservation where status = 'rejected'`,
  )
  return row?.rejected ?? 0
}

/** Rejections that name no missing line, a line with sufficient stock, or a line that was not ordered. */
const findUnexplained = (sql: Sql): Promise<Violation[]> =>
  sql.query<Violation>(
    `select order_id as subject, 'was rejected without a missing line' as detail
     from reservation
     where status = 'rejected' and missing is not null and (
       jsonb_array_length(missing) = 0 or exists (
         select from jsonb_to_recordset(missing) as lacking (sku text, requested bigint, available bigint)
         left join jsonb_to_recordset(lines) as line (sku text, quantity bigint) using (sku)
         where requested is distinct from quantity or available < 0 or available >= requested
       )
     )`,
  )

/**
 * An SQL interval: rows and events that differ by more than this are from different transactions. It is far longer than a transaction
 * of inventory lasts, so it covers that transactions commit in another order than their timestamps.
 */
const margin = '1 minute'

interface Suspect {
  readonly orderId: string
  readonly rejectedAt: Date
}

/**
 * Keeps the rejections whose event is as recent as their row. Reconciliation stores a rejection again after a restore of inventory: its
 * row is then later than its event, so the stock at that time says nothing. Without its event, which retention may have deleted, a
 * rejection proves nothing either. I6 reports a missing event.
 */
const withRecentEvent = async (order: Sql, suspects: readonly Suspect[]): Promise<Violation[]> => {
  if (suspects.length === 0) return []
  return await order.query<Violation>(
    `select distinct order_id as subject, 'was rejected, although every line was available' as detail
     from order_event join unnest($1::uuid[], $2::timestamptz[]) as suspect (suspect_id, rejected_at) on suspect_id = order_id
     where order_id = any($1::uuid[]) and event->>'type' = 'InventoryRejected'
           and (event->>'time')::timestamptz >= rejected_at - interval '${margin}'`,
    [suspects.map(({ orderId }) => orderId), suspects.map(({ rejectedAt }) => rejectedAt)],
  )
}

/**
 * Orders that were rejected although each line was available. The time of a reservation is not stored, so this computes
 * the least available stock: each reservation counts from the first event of its order until after its release, and
 * receipts count late.
 */
const findAvailable = (sql: Sql): Promise<Suspect[]> =>
  sql.query<Suspect>(
    `with refused as (
       select distinct sku from reservation, jsonb_to_recordset(lines) as each (sku text) where status = 'rejected'
     ), line as (
       select order_id, status, created_at, updated_at, sku, quantity
       from reservation, jsonb_to_recordset(lines) as each (sku text, quantity bigint) join refused using (sku)
     ), change as (
       select sku, at + case when quantity > 0 then 1 else -1 end * interval '${margin}' as at, quantity, null::uuid as rejected
       from stock_movement join refused using (sku)
       union all
       select sku, created_at - interval '${margin}', -quantity, null from line
       where status in ('reserved', 'committed', 'released')
       union all
       select sku, updated_at + interval '${margin}', quantity, null from line where status = 'released'
       union all
       select sku, updated_at, 0, order_id from line where status = 'rejected'
     ), balance as (
       select rejected, sku, sum(quantity) over (partition by sku order by at) as available
       from change
     )
     select order_id as "orderId", max(updated_at) as "rejectedAt"
     from balance join line on order_id = rejected and line.sku = balance.sku
     group by order_id having bool_and(available >= quantity)`,
  )
