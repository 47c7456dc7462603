import type { CancellationReason, OrderStatus } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'
import { isAhead, isLate, lateAfter } from '../late-after.ts'
import type { Selection } from '../selection.ts'
import { recipientHash } from './addressee-record.ts'
import { linesHash } from './lines-hash.ts'
import { parcelTime } from './parcel-time.ts'

/** An order in the order service. */
export interface OrderRecord {
  readonly id: string
  readonly status: OrderStatus
  readonly settled: boolean
  readonly reason: CancellationReason | null
  /** A hash of the customer, the currency and the total, for the comparison with notification. */
  readonly recipient: string
  /** When it was to expire. Null if it did not end by expiry. */
  readonly expiresAt: Date | null
  readonly currency: string
  /** Minor units. */
  readonly total: number
  readonly payment: string
  readonly inventory: string
  /** Such as "email:order_fulfilled:sent, email:order_placed:sent". Null without notifications. */
  readonly notifications: string | null
  /** The parcels, such as "2026-11-26T19:30:00.000Z DHL 0034043, …". Null without parcels. */
  readonly parcels: string | null
  /** A hash of the ordered goods, for the comparison with the reservation. */
  readonly linesHash: string
  /** Whether the prices of the lines add up to the total. */
  readonly linesAddUp: boolean
  /**
   * It is open long after its expiry, or has not changed for so long that no message should be in transit. Also if its time is in the
   * future, because the clock was set back.
   */
  readonly late: boolean
  /** The time since its last change, ms. */
  readonly unchangedMs: number
  /**
   * Whether its history must be complete: it was not deleted. The history of a settled order that was placed long ago may have been. A
   * later event, such as that of a parcel or of a replayed dead letter, changes the order, and begins another history.
   */
  readonly hasHistory: boolean
}

/** An SQL interval: the shortest retention of a history. */
const shortestHistoryTtl = '30 days'

export const readOrders = async (sql: Sql, { where, values }: Selection): Promise<Map<string, OrderRecord>> => {
  const rows = await sql.query<OrderRecord>(
    `select id, status, settled, cancellation_reason as reason, ${recipientHash('customer_email')} as recipient,
            case cancellation_reason when 'expired' then expires_at end as "expiresAt", currency, total, payment, inventory,
            (select string_agg(result, ', ' order by result collate "C")
             from jsonb_to_recordset(notifications) as each (channel text, occasion text, status text),
                  concat_ws(':', each.channel, each.occasion, each.status) as result) as notifications,
            parcels,
            ${linesHash} as "linesHash",
            (select sum(quantity * "unitPrice") from jsonb_to_recordset(lines) as line (quantity bigint, "unitPrice" numeric))
              is not distinct from total as "linesAddUp",
            case when status in ('placed', 'paid') then expires_at < now() - interval '${lateAfter}' or ${isAhead('created_at')}
                 else ${isLate('updated_at')} end as late,
            1000 * extract(epoch from now() - updated_at)::float as "unchangedMs",
            not settled or created_at > now() - interval '${shortestHistoryTtl}' as "hasHistory"
     from customer_order
     left join (
       select order_id, string_agg(concat_ws(' ', ${parcelTime}, carrier, tracking_code), ', ' order by at) as parcels
       from order_shipment where ${where('order_id')} group by order_id
     ) as shipped on order_id = id
     where ${where('id')}`,
    values,
  )
  return new Map(rows.map((row) => [row.id, row]))
}
