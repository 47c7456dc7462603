import type { Occasion } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'

interface AddresseeRow {
  readonly orderId: string
  readonly occasions: readonly Occasion[]
}

/** What notification has heard of each order, in that order. */
export const readHeard = async (sql: Sql): Promise<Map<string, readonly Occasion[]>> => {
  const rows = await sql.query<AddresseeRow>(
    'select order_id as "orderId", to_jsonb(occasions) as occasions from addressee',
  )
  return new Map(rows.map(({ orderId, occasions }) => [orderId, occasions]))
}
