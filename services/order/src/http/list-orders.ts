import { primitives } from '@quadrille/events'
import { text } from '@quadrille/messages'
import { type Context, pageQuery, pageSchema, type Route, readCursor, route, toPage } from '@quadrille/service'
import { z } from 'zod'
import type { Config } from '../config.ts'
import { findBySuffix, findOrderPage, searchedOrders } from '../db/order-table.ts'
import { findParcels } from '../db/parcel-table.ts'
import type { Order } from '../domain/order.ts'
import { view } from '../domain/view.ts'
import type { OpenOrders } from '../jobs/watch-open-orders.ts'
import { diagnose } from '../stuck/diagnose.ts'
import { diagnosis } from '../stuck/diagnosis.ts'
import { diagnosisSources } from '../stuck/sources.ts'
import { orderExample } from './examples.ts'
import { orderView } from './schema.ts'
import { suffixSearch } from './suffix-search.ts'

const query = z.strictObject({
  ...pageQuery,
  status: orderView.shape.status.optional().meta({ description: 'Only orders with this status.' }),
  customerId: text(100).optional().meta({ description: 'Only orders of this customer.' }),
  reference: text(100).optional().meta({ description: 'Only orders with this reference.' }),
  idSuffix: z
    .string()
    .toLowerCase()
    .regex(/^[\da-f]{8}$/, 'must be eight hexadecimal digits')
    .optional()
    .meta({
      description: `Only orders whose id ends with these eight characters, among the newest ${searchedOrders.toLocaleString('en')}.`,
    }),
  stuck: z
    .literal('true')
    .optional()
    .meta({ description: 'Only orders that have been open for too long, or were placed before a clock was set back.' }),
})

const listedOrder = orderView
  .extend({
    diagnoses: z.array(diagnosis).optional().meta({ description: 'Why the order is stuck; only with `stuck=true`.' }),
  })
  .meta({ title: 'ListedOrder', description: 'An order in a list.', examples: [orderExample] })

const page = pageSchema(listedOrder)
const listedPage = page
  .extend({
    stuckAfterMs: z.int().optional().meta({
      description: 'The age from which an open order counts as stuck, in milliseconds; only with `stuck=true`.',
    }),
  })
  .meta(page.meta() ?? {})

/**
 * Larger than a page, which has at most 1 MB, because Postgres writes JSON with spaces: an order has up to 1.5 times as
 * many bytes there.
 */
const maxLoadedBytes = 2_000_000

/** `GET /orders`. Stuck orders include their diagnoses. */
export const listOrders = (context: Context<Config>, { stuckAfterMs }: Pick<OpenOrders, 'stuckAfterMs'>): Route => {
  const sources = diagnosisSources(context)
  const search = suffixSearch((suffix) => findBySuffix(context.database, suffix))
  return route({
    method: 'get',
    path: '/orders',
    operationId: 'listOrders',
    summary: 'List orders',
    description:
      'Returns orders, the newest first. All filters must match. With `stuck=true` it returns the orders that have been open for too long, each with the events that it waits for and the service that must publish them.',
    query,
    responses: { 200: { description: 'A page of orders', body: listedPage } },
    handle: async ({ query: { limit, cursor, stuck, idSuffix, ...filter } }) => {
      const ids = idSuffix === undefined ? undefined : await search(idSuffix)
      const orders = await findOrderPage(context.database, {
        ...{ ...filter, ids },
        before: readCursor(cursor, primitives.orderId),
        openForMs: stuck === undefined ? undefined : stuckAfterMs(),
        limit: limit + 1,
        maxBytes: maxLoadedBytes,
      })
      const parcels = await findParcels(context.database, orders)
      const withParcels = (order: Order) => ({ order, parcels: parcels.get(order.id) })
      const { items: shown, nextCursor } = toPage(orders, limit, { key: ({ id }) => id, item: withParcels })
      const diagnoses = stuck
        ? await diagnose(
            shown.map(({ order }) => order),
            sources,
          )
        : []
      const items = shown.map((item, index) => ({
        ...view(item.order, item.parcels),
        diagnoses: diagnoses[index],
      }))
      return { status: 200, body: { items, nextCursor, ...(stuck && { stuckAfterMs: Math.round(stuckAfterMs()) }) } }
    },
  })
}
