/** The table `refund_refusal`: one statement per function. */
import { type ColumnType, parameterRows, type Sql, type Statement } from '@quadrille/postgres'

/** A refused request to the gateway for a refund. */
export interface Refusal {
  readonly orderId: string
  readonly round: number
  /** The gateway's code for the reason. Null if it was not stored. */
  readonly code: string | null
}

const types = { order_id: 'uuid', round: 'integer', code: 'text' } as const satisfies Record<string, ColumnType>

/** A refusal that is stored already stays as it is. */
export const insertRefusals = (refusals: readonly Refusal[]): Statement => ({
  text: `insert into refund_refusal (order_id, round, code)
    select order_id, round, code from ${parameterRows(types)} as given order by order_id, round on conflict do nothing`,
  values: [
    refusals.map(({ orderId }) => orderId),
    refusals.map(({ round }) => round),
    refusals.map(({ code }) => code),
  ],
})

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
