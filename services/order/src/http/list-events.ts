import type { Database } from '@quadrille/postgres'
import { notFound, pageQuery, pageSchema, type Route, readCursor, route, toPage } from '@quadrille/service'
import { z } from 'zod'
import { type HistoryEvent, listHistory } from '../db/history-table.ts'
import { findOrder } from '../db/order-table.ts'
import { orderExample } from './examples.ts'
import { orderParams } from './schema.ts'

const compactExample = {
  type: 'PaymentProcessed',
  time: '2026-11-26T18:51:00.021Z',
  source: '/payment',
  data: { orderId: orderExample.id, amount: 2_500, currency: 'EUR', gatewayReference: 'sim_1' },
}

const compactEvent = z
  .object({
    type: z.string().meta({ description: 'The type of the event, such as OrderPlaced.' }),
    time: z.iso.datetime().meta({ description: 'The time at which the event occurred.' }),
    source: z.string().meta({ description: 'The service that published it, such as /order.' }),
    data: z.looseObject({}).meta({ description: 'The content of the event; its fields depend on the type.' }),
  })
  .meta({
    title: 'CompactEvent',
    description: 'An event without the rest of its envelope.',
    examples: [compactExample],
  })
const event = z
  .looseObject({
    id: z.uuid().meta({ description: 'The id of the event, by which consumers detect duplicates.' }),
    ...compactEvent.shape,
  })
  .meta({
    title: 'Event',
    description: 'An event as it was published: CloudEvents 1.0 in structured JSON.',
    examples: [{ id: '2f7c1a60-5be2-5d1f-8f6d-0a6a3a6f5f10', ...compactExample }],
  })

const query = z.strictObject({
  ...pageQuery,
  order: z
    .enum(['asc', 'desc'])
    .default('desc')
    .meta({ description: '`asc`: the oldest event first; `desc`: the newest first.' }),
  view: z
    .enum(['full', 'compact'])
    .default('full')
    .meta({ description: '`full`: the whole event; `compact`: only type, time, source and data.' }),
})

const eventsPage = pageSchema(
  z
    .union([event, compactEvent])
    .meta({ title: 'OrderEvent', description: 'An event of an order.', examples: [compactExample] }),
)

/** A cursor is the `seq` of an event, in decimal digits. */
const seq = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number)

const eventView = (message: HistoryEvent, view: 'full' | 'compact') => {
  const { type, time, source, data } = message
  return view === 'compact' ? { type, time, source, data } : message
}

/** `GET /orders/{id}/events`: the whole history, including the events of other services. */
export const getEvents = (database: Database): Route =>
  route({
    method: 'get',
    path: '/orders/{id}/events',
    operationId: 'listOrderEvents',
    summary: 'List the events of an order',
    description:
      'Returns every event of the order that any service published, in the order in which they reached the order service. Payment methods and email addresses are omitted.',
    params: orderParams,
    query,
    responses: { 200: { description: 'A page of events', body: eventsPage } },
    handle: async ({ params: { id }, query: { limit, cursor, order, view } }) => {
      const rows = await listHistory(database, id, { order, after: readCursor(cursor, seq), limit: limit + 1 })
      if (rows.length === 0 && !(await findOrder(database, id))) throw notFound(`There is no order ${id}.`)
      return {
        status: 200,
        body: toPage(rows, limit, { key: ({ seq }) => seq, item: ({ event }) => eventView(event, view) }),
      }
    },
  })
