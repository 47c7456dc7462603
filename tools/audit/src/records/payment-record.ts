import type { Sql } from '@quadrille/postgres'
import { isLate } from '../late-after.ts'
import type { Selection } from '../selection.ts'

/** An order's payment in payment's database. Money in minor units. */
export interface PaymentRecord {
  readonly orderId: string
  readonly status: string
  readonly currency: string
  /** The amount to pay. */
  readonly amount: number
  readonly captured: number
  readonly refunded: number
  /** Whether it is marked as that of a cancelled order. A later capture is then refunded. */
  readonly cancelled: boolean
  /** Whether the refund was made by hand, outside the gateway. */
  readonly byHand: boolean
  /** The reference of the refund at the gateway or by hand, as PaymentRefunded has it. Null without a refund. */
  readonly refundReference: string | null
  /** The payment intent of the charge, once it is known. */
  readonly reference: string | null
  /** The time since its last change, ms. */
  readonly unchangedMs: number
  /** It has not changed for so long that no message about it should be in transit. */
  readonly late: boolean
}

export const readPayments = async (sql: Sql, { where, values }: Selection): Promise<Map<string, PaymentRecord>> => {
  const rows = await sql.query<PaymentRecord>(
    `select order_id as "orderId", status, currency, amount, captured, refunded, cancelled, manual_reference is not null as "byHand",
            case when status = 'refunded' then coalesce(manual_reference, gateway_reference) end as "refundReference",
            gateway_reference as reference, 1000 * extract(epoch from now() - updated_at)::float as "unchangedMs",
            ${isLate('updated_at')} as late
     from payment where ${where('order_id')}`,
    values,
  )
  return new Map(rows.map((row) => [row.orderId, row]))
}
