/** The table `order_shipment`, the parcels of orders: one statement per function. */
import type { Message } from '@quadrille/events'
import { parameterTable, type Sql, type Statement } from '@quadrille/postgres'
import type { Order } from '../domain/order.ts'
import type { Parcel } from '../domain/view.ts'

const given = parameterTable({ order_id: 'uuid', at: 'timestamptz', carrier: 'text', tracking_code: 'text' })

interface ParcelRow extends Omit<Parcel, 'at'> {
  readonly orderId: string
  readonly at: Date
}

/** Adds parcels. Ignores one that is stored already: its time identifies it. The transaction has locked the orders. */
export const insertParcels = (events: readonly Message<'ShipmentDispatched'>[]): Statement => ({
  text: `insert into order_shipment (order_id, at, carrier, tracking_code)
    select order_id, at, carrier, tracking_code from ${given.sql} as given on conflict do nothing`,
  values: given.values(
    events.map(({ subject, data: { at, carrier, trackingCode } }) => ({
      order_id: subject,
      at,
      carrier,
      tracking_code: trackingCode,
    })),
  ),
})

/** The parcels of those of these orders that are fulfilled, by order, in the order of dispatch. */
export const findParcels = async (
  sql: Sql,
  orders: readonly Pick<Order, 'id' | 'status'>[],
): Promise<ReadonlyMap<string, readonly Parcel[]>> => {
  const fulfilled = orders.filter(({ status }) => status === 'fulfilled').map(({ id }) => id)
  if (fulfilled.length === 0) return new Map()
  const rows = await sql.query<ParcelRow>(
    `select order_id as "orderId", carrier, tracking_code as "trackingCode", at
     from order_shipment where order_id = any($1::uuid[]) order by order_id, at`,
    [fulfilled],
  )
  const byOrder = Map.groupBy(rows, ({ orderId }) => orderId)
  return new Map([...byOrder].map(([orderId, parcels]) => [orderId, parcels.map(toParcel)]))
}

const toParcel = ({ carrier, trackingCode, at }: ParcelRow): Parcel => ({
  carrier,
  trackingCode,
  at: at.toISOString(),
})
