import { primitives } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { pageQuery, pageSchema, type Route, readCursor, route, toPage } from '@quadrille/service'
import { z } from 'zod'
import { findShipmentPage } from '../db/shipment-table.ts'
import { shipmentStatus, shipmentView, view } from './schema.ts'

const query = z.strictObject({
  ...pageQuery,
  status: shipmentStatus.optional().meta({ description: 'Only shipments with this status.' }),
})

/** `GET /shipments`. */
export const listShipments = (database: Database): Route =>
  route({
    method: 'get',
    path: '/shipments',
    operationId: 'listShipments',
    summary: 'List shipments',
    description:
      'Returns the shipments of fulfilled orders, the newest order first. With `status=open` those to be sent.',
    query,
    responses: { 200: { description: 'A page of shipments', body: pageSchema(shipmentView) } },
    handle: async ({ query: { limit, cursor, status = null } }) => {
      const before = readCursor(cursor, primitives.orderId)
      const rows = await findShipmentPage(database, { status, before, limit: limit + 1 })
      return { status: 200, body: toPage(rows, limit, { key: ({ orderId }) => orderId, item: view }) }
    },
  })
