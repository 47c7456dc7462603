import type { Sql } from '@quadrille/postgres'

export interface ReservationRecord {
  readonly orderId: string
  readonly status: string
  /** Comparable with what was ordered; null where there are no lines. */
  readonly linesHash: string | null
}

export const readReservations = async (sql: Sql): Promise<Map<string, ReservationRecord>> => {
  const rows = await sql.query<ReservationRecord>(
    `select order_id as "orderId", status,
            (select md5(string_agg(sku || ' ' || quantity, ',' order by sku collate "C"))
             from jsonb_to_recordset(lines) as line (sku text, quantity bigint)) as "linesHash"
     from reservation`,
  )
  return new Map(rows.map((row) => [row.orderId, row]))
}
