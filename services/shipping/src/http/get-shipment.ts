import type { Database } from '@quadrille/postgres'
import { notFound, type Route, route } from '@quadrille/service'
import { findShipment } from '../db/shipment-table.ts'
import { shipmentParams, shipmentView, view } from './schema.ts'

/** `GET /shipments/{orderId}`. */
export const getShipment = (database: Database): Route =>
  route({
    method: 'get',
    path: '/shipments/{orderId}',
    operationId: 'getShipment',
    summary: 'Show a shipment',
    description: 'Returns the parcels of a fulfilled order. Shipping knows an order from its OrderFulfilled event on.',
    params: shipmentParams,
    responses: { 200: { description: 'The shipment', body: shipmentView } },
    handle: async ({ params: { orderId } }) => {
      const shipment = await findShipment(database, orderId)
      if (!shipment) throw noShipment(orderId)
      return { status: 200, body: view(shipment) }
    },
  })

export const noShipment = (orderId: string) =>
  notFound(`Shipping has no record of order ${orderId}: it knows fulfilled orders only.`)
