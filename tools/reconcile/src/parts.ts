import { type Selection, slices } from '@quadrille/audit'
import type { Sql } from '@quadrille/postgres'

/** Parts of the orders that exist now. Later orders have lost no messages, and would prolong the run. */
export const partsOf = async (order: Sql, size: number): Promise<Selection[]> => {
  const [newest] = await order.query<{ id: string }>('select id from customer_order order by id desc limit 1')
  return newest ? (await slices(order, { size })).map((slice) => upTo(newest.id, slice)) : []
}

const upTo = (newest: string, { where, values }: Selection): Selection => ({
  where: (column) => `${where(column)} and ${column} <= $${values.length + 1}`,
  values: [...values, newest],
})
