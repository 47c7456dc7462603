import type { Sql } from '@quadrille/postgres'
import type { Selection } from '../selection.ts'

interface OccasionsRow {
  readonly orderId: string
  readonly occasions: string
}

/** The occasions that notification has recorded for each order, in the order of arrival: "order_placed,order_fulfilled". */
export const readOccasions = async (sql: Sql, { where, values }: Selection): Promise<Map<string, string>> => {
  const rows = await sql.query<OccasionsRow>(
    `select order_id as "orderId", array_to_string(occasions, ',') as occasions from addressee where ${where('order_id')}`,
    values,
  )
  return new Map(rows.map(({ orderId, occasions }) => [orderId, occasions]))
}
