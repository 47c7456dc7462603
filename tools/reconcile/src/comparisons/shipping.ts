import { parcelTime, type Selection } from '@quadrille/audit'
import { type DataOf, draft } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'
import { type EventKey, type History, isOfParcel, timeOfParcel } from '../history.ts'
import type { Compare, Comparison } from './comparison.ts'

type Parcel = Omit<DataOf<'ShipmentDispatched'>, 'orderId'>

/** A row of the table `shipment` with those of its parcels. */
export interface ShipmentRow {
  readonly orderId: string
  readonly parcels: readonly Parcel[]
}

export const readShipments = async (sql: Sql, { where, values }: Selection): Promise<Compare> => {
  const rows = await sql.query<ShipmentRow>(
    `select order_id as "orderId", (
       select coalesce(jsonb_agg(jsonb_build_object(
         'carrier', carrier, 'trackingCode', tracking_code,
         'at', ${parcelTime}
       )), '[]') from parcel where parcel.order_id = shipment.order_id
     ) as parcels
     from shipment where ${where('order_id')}`,
    values,
  )
  const shipments = new Map(rows.map((row) => [row.orderId, row]))
  return (orderId, history) => compareShipment(history, shipments.get(orderId))
}

/** A shipment lacks OrderFulfilled if it was fulfilled before shipping first ran. Its own events restore its parcels. */
export const compareShipment = (history: History, shipment?: ShipmentRow): Comparison => {
  const known = new Set(shipment?.parcels.map(({ at }) => at))
  const fulfilled: readonly EventKey[] = shipment || !history.has('OrderFulfilled') ? [] : ['OrderFulfilled']
  const lost = [...history].filter((key) => isOfParcel(key) && !known.has(timeOfParcel(key)))
  return {
    missed: [...fulfilled, ...lost],
    published: shipment
      ? shipment.parcels.map((parcel) => draft('ShipmentDispatched', { orderId: shipment.orderId, ...parcel }))
      : [],
    tasks: [],
  }
}
