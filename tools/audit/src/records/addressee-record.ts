import type { Sql } from '@quadrille/postgres'
import type { Selection } from '../selection.ts'

interface AddresseeRow {
  readonly orderId: string
  readonly heard: string
}

/** The occasions of each order in notification, in their order: "order_placed,order_fulfilled". */
export const readHeard = async (sql: Sql, { where, values }: Selection): Promise<Map<string, string>> => {
  const rows = await sql.query<AddresseeRow>(
    `select order_id as "orderId", array_to_string(occasions, ',') as heard from addressee where ${where('order_id')}`,
    values,
  )
  return new Map(rows.map(({ orderId, heard }) => [orderId, heard]))
}
