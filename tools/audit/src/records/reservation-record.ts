import type { Sql } from '@quadrille/postgres'
import type { Selection } from '../selection.ts'
import { linesHash } from './lines-hash.ts'

export interface ReservationRecord {
  readonly orderId: string
  readonly status: string
  /** Comparable with the ordered goods. `noLines` without lines. */
  readonly linesHash: string
}

export const readReservations = async (
  sql: Sql,
  { where, values }: Selection,
): Promise<Map<string, ReservationRecord>> => {
  const rows = await sql.query<ReservationRecord>(
    `select order_id as "orderId", status, ${linesHash} as "linesHash" from reservation where ${where('order_id')}`,
    values,
  )
  return new Map(rows.map((row) => [row.orderId, row]))
}
