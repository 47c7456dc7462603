import type { CancellationReason, OrderStatus } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'

/** An order as the order service shows it. */
export interface OrderRecord {
  readonly id: string
  readonly status: OrderStatus
  readonly settled: boolean
  readonly reason: CancellationReason | null
  readonly currency: string
  /** Minor units. */
  readonly total: number
  readonly payment: string
  readonly inventory: string
  /** As "email:order_placed:sent". */
  readonly notifications: readonly string[]
  /** What was ordered, summed by SKU, as a hash that inventory's lines can be compared with. */
  readonly linesHash: string
}

export const readOrders = async (sql: Sql): Promise<Map<string, OrderRecord>> => {
  const rows = await sql.query<OrderRecord>(
    `select id, status, settled, cancellation_reason as reason, currency, total, payment, inventory,
            array(select concat_ws(':', said->>'channel', said->>'occasion', said->>'status')
                  from jsonb_array_elements(notifications) as said) as notifications,
            (select md5(string_agg(sku || ' ' || quantity, ',' order by sku collate "C"))
             from (select sku, sum(quantity) as quantity
                   from jsonb_to_recordset(lines) as line (sku text, quantity bigint) group by sku) as summed
            ) as "linesHash"
     from customer_order`,
  )
  return new Map(rows.map((row) => [row.id, row]))
}
