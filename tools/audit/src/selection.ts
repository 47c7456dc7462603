/** Which orders a look is at: statements take it as their condition on the order's id. */
import type { Sql } from '@quadrille/postgres'

export interface Selection {
  /** The condition, by the values $1 …, for this column. */
  where(column: string): string
  readonly values: readonly unknown[]
}

/** A selection that others than Postgres can read too: these orders, or all whose ids are after one and up to another. */
export interface OrderSelection extends Selection {
  readonly orders: { readonly orderIds: readonly string[] } | { readonly after: string; readonly upTo: string }
}

/** Orders that are held in memory at a time: about 2 kB each. */
const sliceOrders = 10_000

const firstId = '00000000-0000-0000-0000-000000000000'
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** These orders, in as many at a time as all orders. */
export const sliced = (ids: readonly string[], size = sliceOrders): OrderSelection[] =>
  Array.from({ length: Math.ceil(ids.length / size) }, (_, index) =>
    withIds(ids.slice(index * size, (index + 1) * size)),
  )

export const withIds = (ids: readonly string[]): OrderSelection => ({
  orders: { orderIds: ids },
  where: (column) => `${column} = any($1::uuid[])`,
  values: [ids],
})

/** All orders, those too that the order service doesn't know, in slices of the ids that it knows. */
export const slices = async (order: Sql, size = sliceOrders): Promise<OrderSelection[]> => {
  const rows = await order.query<{ id: string }>(
    `select id from (select id, row_number() over (order by id) as place from customer_order) as numbered
     where place % $1 = 0 order by id`,
    [size],
  )
  const ends = [...rows.map(({ id }) => id), lastId]
  return ends.map((end, index) => stretch(ends[index - 1] ?? firstId, end))
}

const stretch = (after: string, end: string): OrderSelection => ({
  orders: { after, upTo: end },
  where: (column) => `${column} > $1 and ${column} <= $2`,
  values: [after, end],
})
