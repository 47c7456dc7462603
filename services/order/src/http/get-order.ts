import type { Database } from '@quadrille/postgres'
import { notFound, type Route, route } from '@quadrille/service'
import { findOrder } from '../db/order-table.ts'
import { findParcels } from '../db/parcel-table.ts'
import { view } from '../domain/view.ts'
import { orderParams, orderView } from './schema.ts'

/** `GET /orders/{id}`. */
export const getOrder = (database: Database): Route =>
  route({
    method: 'get',
    path: '/orders/{id}',
    operationId: 'getOrder',
    summary: 'Show an order',
    description:
      'Returns an order with the status of its payment, its reservation and its notifications, and its dispatched parcels.',
    params: orderParams,
    responses: { 200: { description: 'The order', body: orderView } },
    handle: async ({ params: { id } }) => {
      const order = await findOrder(database, id)
      if (!order) throw notFound(`There is no order ${id}.`)
      const parcels = await findParcels(database, [order])
      return { status: 200, body: view(order, parcels.get(id)) }
    },
  })
