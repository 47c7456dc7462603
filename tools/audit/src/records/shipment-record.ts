import type { Sql } from '@quadrille/postgres'
import { isLate } from '../late-after.ts'
import type { Selection } from '../selection.ts'
import { parcelTime } from './parcel-time.ts'

/** A shipment in the shipping service. */
export interface ShipmentRecord {
  readonly status: string
  /** Such as "2026-11-26T19:30:00.000Z DHL 0034043, …". "none" without parcels. */
  readonly parcels: string
  /** The time since its last parcel, ms. Null without parcels. */
  readonly unchangedMs: number | null
  /** It has not changed for so long that no message about its last parcel should be in transit. */
  readonly late: boolean
}

export const readShipments = async (
  sql: Sql | undefined,
  { where, values }: Selection,
): Promise<Map<string, ShipmentRecord> | null> => {
  const rows = await sql?.query<ShipmentRecord & { readonly orderId: string }>(
    `select order_id as "orderId", status, coalesce(string_agg(concat_ws(' ',
              ${parcelTime}, carrier, tracking_code
            ), ', ' order by at) filter (where parcel.id is not null), 'none') as parcels,
            1000 * extract(epoch from now() - max(at))::float as "unchangedMs",
            coalesce(${isLate('max(at)')}, true) as late
     from shipment left join parcel using (order_id) where ${where('order_id')} group by order_id, status`,
    values,
  )
  return rows ? new Map(rows.map((row) => [row.orderId, row])) : null
}
