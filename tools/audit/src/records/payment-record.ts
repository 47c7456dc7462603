import type { Sql } from '@quadrille/postgres'
import type { Selection } from '../selection.ts'

/** An order's payment in payment's database. Money in minor units. */
export interface PaymentRecord {
  readonly orderId: string
  readonly status: string
  readonly currency: string
  readonly captured: number
  readonly refunded: number
  /** Whether it is marked as that of a cancelled order. A later capture is then refunded. */
  readonly cancelled: boolean
  /** Whether the refund was made by hand, outside the gateway. */
  readonly byHand: boolean
  /** The payment intent of the charge, once it is known. */
  readonly reference: string | null
}

export const readPayments = async (sql: Sql, { where, values }: Selection): Promise<Map<string, PaymentRecord>> => {
  const rows = await sql.query<PaymentRecord>(
    `select order_id as "orderId", status, currency, captured, refunded, cancelled, manual_reference is not null as "byHand",
            gateway_reference as reference
     from payment where ${where('order_id')}`,
    values,
  )
  return new Map(rows.map((row) => [row.orderId, row]))
}
