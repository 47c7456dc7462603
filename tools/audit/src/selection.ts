/** Selects the orders of an examination: a condition for SQL statements. */
import type { OrderSelection as LedgerSelection } from '@quadrille/payment/gateway'
import type { Sql } from '@quadrille/postgres'

export interface Selection {
  /** The SQL condition on this column. It refers to the values as $1, $2. */
  where(column: string): string
  readonly values: readonly unknown[]
}

/**
 * A selection that a payment gateway can read too: orders by their ids, or a range of ids.
 */
export interface OrderSelection extends Selection {
  readonly orders: LedgerSelection
}

/** Orders in memory at a time: about 2 kB each. */
const sliceOrders = 10_000

const firstId = '00000000-0000-0000-0000-000000000000'
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** These orders, in slices of the same size. */
export const sliced = (ids: readonly string[], size = sliceOrders): OrderSelection[] =>
  Array.from({ length: Math.ceil(ids.length / size) }, (_, index) =>
    withIds(ids.slice(index * size, (index + 1) * size)),
  )

export const withIds = (ids: readonly string[]): OrderSelection => ({
  orders: { orderIds: ids },
  where: (column) => `${column} = any($1::uuid[])`,
  values: [ids],
})

export interface SliceOptions {
  /** The most orders of a slice. Default 10,000. */
  readonly size?: number
  /** Bounds the slices of orders that only payment has: after a restore of the order database, or with a wrong URL. */
  readonly payment?: Sql
}

/** All orders, in slices of the ids in the order service. A slice includes orders that only other services have. */
export const slices = async (
  order: Sql,
  { size = sliceOrders, payment }: SliceOptions = {},
): Promise<OrderSelection[]> => {
  const found = await Promise.all([
    readEnds(order, { table: 'customer_order', id: 'id', size }),
    ...(payment ? [readEnds(payment, { table: 'payment', id: 'order_id', size })] : []),
  ])
  const ends = [...new Set(found.flat()).add(lastId)].toSorted()
  return ends.map((end, index) => idRange(ends[index - 1] ?? firstId, end))
}

interface Ids {
  readonly table: string
  readonly id: string
  readonly size: number
}

/** Every id of the table whose place is a multiple of the size. Each statement reads one slice, so none is slow in a large table. */
const readEnds = async (sql: Sql, { table, id, size }: Ids): Promise<string[]> => {
  const ends: string[] = []
  for (;;) {
    const [next] = await sql.query<{ id: string }>(
      `select ${id} as id from ${table} where ${id} > $1 order by ${id} offset $2 limit 1`,
      [ends.at(-1) ?? firstId, size - 1],
    )
    if (!next) return ends
    ends.push(next.id)
  }
}

const idRange = (after: string, end: string): OrderSelection => ({
  orders: { after, upTo: end },
  where: (column) => `${column} > $1 and ${column} <= $2`,
  values: [after, end],
})
