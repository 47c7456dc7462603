import type { CancellationReason, OrderStatus } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'
import type { Selection } from '../selection.ts'
import { linesHash } from './lines-hash.ts'

/** An SQL interval. The longest wait between two attempts at anything is 10 minutes. */
export const lateAfter = '15 minutes'

/** An order as the order service shows it. */
export interface OrderRecord {
  readonly id: string
  readonly status: OrderStatus
  readonly settled: boolean
  readonly reason: CancellationReason | null
  /** When its time is over; null where that was not the reason of its end. */
  readonly expiresAt: Date | null
  readonly currency: string
  /** Minor units. */
  readonly total: number
  readonly payment: string
  readonly inventory: string
  /** As "email:order_fulfilled:sent, email:order_placed:sent"; null where there are none. */
  readonly notifications: string | null
  /** What was ordered, to be compared with what was reserved. */
  readonly linesHash: string
  /** It is open though its time is over; or nothing came of it for so long that nothing should be on its way any more. */
  readonly late: boolean
  /** How long ago it changed last, ms. */
  readonly unchangedMs: number
  /** Whether its history must be there: those of orders that were settled long ago may have been let go. */
  readonly hasHistory: boolean
}

/** An SQL interval: the least time for which a history is kept. */
const historiesAreKept = '30 days'

export const readOrders = async (sql: Sql, { where, values }: Selection): Promise<Map<string, OrderRecord>> => {
  const rows = await sql.query<OrderRecord>(
    `select id, status, settled, cancellation_reason as reason,
            case cancellation_reason when 'expired' then expires_at end as "expiresAt", currency, total, payment, inventory,
            (select string_agg(result, ', ' order by result collate "C")
             from jsonb_to_recordset(notifications) as said (channel text, occasion text, status text),
                  concat_ws(':', said.channel, said.occasion, said.status) as result) as notifications,
            ${linesHash} as "linesHash",
            case when status in ('placed', 'paid') then expires_at < now()
                 else updated_at < now() - interval '${lateAfter}' end as late,
            1000 * extract(epoch from now() - updated_at)::float as "unchangedMs",
            not settled or updated_at > now() - interval '${historiesAreKept}' as "hasHistory"
     from customer_order where ${where('id')}`,
    values,
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** An order whose refund was refused for good is cancelled, but not settled before a person has acted. */
export const waitsForPerson = ({ status, payment }: OrderRecord): boolean =>
  status === 'cancelled' && payment === 'refund_failed'
