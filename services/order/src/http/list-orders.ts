import { primitives } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { pageQuery, pageSchema, type Route, readCursor, route, toPage } from '@quadrille/service'
import { z } from 'zod'
import { listOrders } from '../db/order-table.ts'
import { view } from '../domain/view.ts'
import { orderView } from './schema.ts'

const query = z.strictObject({
  ...pageQuery,
  status: orderView.shape.status.optional(),
  customerId: primitives.text(100).optional(),
  reference: primitives.text(100).optional(),
})

/** `GET /orders`. */
export const getOrders = (database: Database): Route =>
  route({
    method: 'get',
    path: '/orders',
    operationId: 'listOrders',
    summary: 'List orders, the newest first',
    query,
    responses: { 200: { description: 'A page of orders', body: pageSchema(orderView) } },
    handle: async ({ query: { limit, cursor, ...filter } }) => {
      const orders = await listOrders(database, {
        ...filter,
        before: readCursor(cursor, primitives.orderId),
        limit: limit + 1,
      })
      return { status: 200, body: toPage(orders, limit, { key: ({ id }) => id, item: view }) }
    },
  })
