import type { Sql } from '@quadrille/postgres'
import type { Selection } from '../selection.ts'
import { parcelTime } from './parcel-time.ts'

interface ShipmentRow {
  readonly orderId: string
  readonly parcels: string
}

/** The parcels of each shipment: "2026-11-26T19:30:00.000Z DHL 0034043, …". "none" without parcels. */
export const readShipments = async (
  sql: Sql | undefined,
  { where, values }: Selection,
): Promise<Map<string, string> | null> => {
  const rows = await sql?.query<ShipmentRow>(
    `select order_id as "orderId", coalesce(string_agg(concat_ws(' ',
              ${parcelTime}, carrier, tracking_code
            ), ', ' order by at) filter (where parcel.id is not null), 'none') as parcels
     from shipment left join parcel using (order_id) where ${where('order_id')} group by order_id`,
    values,
  )
  return rows ? new Map(rows.map(({ orderId, parcels }) => [orderId, parcels])) : null
}
