/** The table `refund_refusal`: one statement per function. */
import { parameterTable, type Sql, type Statement } from '@quadrille/postgres'

/** A refused request to the gateway for a refund. */
export interface Refusal {
  readonly orderId: string
  readonly round: number
  /** The gateway's code for the reason. Null if it was not stored. */
  readonly code: string | null
  /** The time of the message that reported it. */
  readonly at: string
}

const given = parameterTable({ order_id: 'uuid', round: 'integer', code: 'text', at: 'timestamptz' })

/** A refusal that is stored already stays as it is. */
export const insertRefusals = (refusals: readonly Refusal[]): Statement => ({
  text: `insert into refund_refusal (order_id, round, code, at)
    select order_id, round, code, at from ${given.sql} as given order by order_id, round on conflict do nothing`,
  values: given.values(refusals.map(({ orderId, round, code, at }) => ({ order_id: orderId, round, code, at }))),
})

/** Counts the payments whose refund was refused and not made since. Refusals are rare, so few payments are read. */
export const countRefusedRefunds = async (sql: Sql): Promise<number> => {
  const [row] = await sql.query<{ refused: number }>(
    `select count(*)::integer as refused from payment
     where status in ('refund_failed', 'refunding') and order_id in (select order_id from refund_refusal)`,
  )
  return row?.refused ?? 0
}

/** `code`: null for a refusal that is older than the column. */
export interface StoredRefusal {
  readonly round: number
  readonly code: string | null
  readonly at: Date
}

/** The newest refusals of the refund of an order, at most `limit`, the oldest first. */
export const findRefusals = async (sql: Sql, orderId: string, limit: number): Promise<StoredRefusal[]> => {
  const newest = await sql.query<StoredRefusal>(
    'select round, code, at from refund_refusal where order_id = $1 order by round desc limit $2',
    [orderId, limit],
  )
  return newest.toReversed()
}
