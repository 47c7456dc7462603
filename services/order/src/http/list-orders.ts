import { catalog, type MessageType, primitives } from '@quadrille/events'
import { type Context, pageQuery, pageSchema, type Route, readCursor, route, toPage } from '@quadrille/service'
import { z } from 'zod'
import type { Config } from '../config.ts'
import { listOrders } from '../db/order-table.ts'
import { view } from '../domain/view.ts'
import type { OpenOrders } from '../open-orders.ts'
import { askEverybody } from '../stuck/ask.ts'
import { diagnose } from '../stuck/diagnose.ts'
import { orderView } from './schema.ts'

const query = z.strictObject({
  ...pageQuery,
  status: orderView.shape.status.optional(),
  customerId: primitives.text(100).optional(),
  reference: primitives.text(100).optional(),
  stuck: z.literal('true').optional().meta({ description: 'only orders that are open for too long, and why they are' }),
})

const type = z.enum(Object.keys(catalog) as [MessageType, ...MessageType[]])

const diagnosis = z.object({
  missing: z.array(type).meta({ description: 'any one of these events would bring the order further' }),
  owedBy: z.enum(['payment', 'inventory']),
  where: z.object({
    service: z.string(),
    place: z.enum(['outbox', 'queue', 'retry', 'dead_letter', 'task', 'unknown']),
    type: z.string().nullable().meta({ description: 'the message that is there' }),
    queue: z.string().nullable(),
    attempts: z.int().nullable(),
    error: z.string().nullable().meta({ description: 'the last error, or why nothing is known' }),
    at: z.iso.datetime().nullable().meta({ description: 'since when it is there, or when it is tried again' }),
    deadLetterId: z.uuid().nullable(),
  }),
  remedy: z.string().nullable().meta({ description: 'what a person must do, where it won’t come by itself' }),
})

const listedOrder = orderView.extend({ diagnoses: z.array(diagnosis).optional() })

/**
 * More than a page has, which ends at 1 MB: Postgres puts spaces into its JSON, so the same lines have up to 1.5 times as many
 * bytes there.
 */
const maxLoadedBytes = 2_000_000

/** `GET /orders`. The stuck ones come with the reasons why they are. */
export const getOrders = (context: Context<Config>, { stuckAfterMs }: OpenOrders): Route => {
  const ask = askEverybody(context)
  return route({
    method: 'get',
    path: '/orders',
    operationId: 'listOrders',
    summary: 'List orders, the newest first',
    query,
    responses: { 200: { description: 'A page of orders', body: pageSchema(listedOrder) } },
    handle: async ({ query: { limit, cursor, stuck, ...filter } }) => {
      const orders = await listOrders(context.database, {
        ...filter,
        before: readCursor(cursor, primitives.orderId),
        openForMs: stuck === undefined ? undefined : stuckAfterMs(),
        limit: limit + 1,
        maxBytes: maxLoadedBytes,
      })
      const page = toPage(orders, limit, { key: ({ id }) => id, item: (order) => order })
      const diagnoses = stuck ? await diagnose(page.items, ask) : []
      const items = page.items.map((order, index) => ({ ...view(order), diagnoses: diagnoses[index] }))
      return { status: 200, body: { ...page, items } }
    },
  })
}
