import type { Sql } from '@quadrille/postgres'
import type { Selection } from '../selection.ts'

/** The recipient of the notifications about an order, and what they contain. */
export interface AddresseeRecord {
  readonly orderId: string
  /** The recorded occasions in the order of arrival: "order_placed,order_fulfilled". */
  readonly occasions: string
  /** Comparable with the recipient of the order. Null while only events of its payment have arrived. */
  readonly recipient: string | null
}

export const readAddressees = async (sql: Sql, { where, values }: Selection): Promise<Map<string, AddresseeRecord>> => {
  const rows = await sql.query<AddresseeRecord>(
    `select order_id as "orderId", array_to_string(occasions, ',') as occasions,
            case when customer_id is not null then ${recipientHash('email')} end as recipient
     from addressee where ${where('order_id')}`,
    values,
  )
  return new Map(rows.map((row) => [row.orderId, row]))
}

/** An SQL expression: a hash of the customer, the currency and the total, to compare them without personal data in memory or reports. */
export const recipientHash = (email: string): string => `md5(concat_ws(' ', customer_id, ${email}, currency, total))`
