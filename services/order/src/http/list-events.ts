import { eventStream, notFound, pageQuery, pageSchema, type Route, readCursor, route, toPage } from '@quadrille/service'
import { z } from 'zod'
import { findSeq, type HistoryEvent, listHistory } from '../db/history-table.ts'
import { orderExists } from '../db/order-table.ts'
import type { StreamSources } from '../streams/all-events.ts'
import { beginning, type Place, streamOrder } from '../streams/order-events.ts'
import { orderExample } from './examples.ts'
import { lastEventId, type Resumed, refusedResume, resumedOf, resumeHeaders } from './last-event-id.ts'
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
    subject: z.uuid().meta({ description: 'The id of the order.' }),
    schemaversion: z.int().min(1).meta({
      description: 'The version of `data`: the newest one that the order service knew when it stored the event.',
    }),
    causationid: z.uuid().optional().meta({ description: 'The id of the message that caused it.' }),
    traceparent: z
      .string()
      .optional()
      .meta({ description: 'The trace to which it belongs (W3C Trace Context); absent without tracing.' }),
    ...compactEvent.shape,
  })
  .meta({
    title: 'Event',
    description:
      'An event as CloudEvents 1.0 in structured JSON, by the schema of its type and version, except that OrderPlaced has no `data.payment`.',
    examples: [
      { id: '2f7c1a60-5be2-5d1f-8f6d-0a6a3a6f5f10', subject: orderExample.id, schemaversion: 1, ...compactExample },
    ],
  })

/** The ids of events are UUIDs. */
const maxIdLength = 36

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
  lastEventId: lastEventId(maxIdLength),
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

/** `GET /orders/{id}/events`: the whole history, including the events of other services, as a list or as a stream. */
export const listEvents = (sources: StreamSources): Route =>
  route({
    method: 'get',
    path: '/orders/{id}/events',
    operationId: 'listOrderEvents',
    summary: 'List or follow the events of an order',
    description:
      'Returns every event of the order that any service published, in the order in which they reached the order service, and OrderPlaced without `data.payment`. With `Accept: text/event-stream` it is a stream of server-sent events: the history, and then each new event. The first thing sent is an id without data. `data` is an `Event` on one line. With `limit`, `cursor`, `order` or `view` a stream is refused, and with `lastEventId` a list.',
    params: orderParams,
    query,
    listQuery: ['limit', 'cursor', 'order', 'view'],
    streamQuery: ['lastEventId'],
    headers: resumeHeaders(maxIdLength),
    responses: { 200: { description: 'Events', body: eventsPage, events: 'Server-sent events, the oldest first.' } },
    handle: async ({ params: { id }, query, headers, mediaType }) => {
      if (mediaType === eventStream) {
        const after = await placeOf(sources, id, resumedOf(headers, query.lastEventId))
        return { status: 200, events: streamOrder(sources, after) }
      }
      const { limit, cursor, order, view } = query
      const after = readCursor(cursor, seq)
      const rows = await listHistory(sources.database, id, { order, after, limit: limit + 1 })
      if (rows.length === 0) await requireOrder(sources, id)
      return {
        status: 200,
        body: toPage(rows, limit, { key: ({ seq }) => seq, item: ({ event }) => eventView(event, view) }),
      }
    },
  })

/** @throws {Problem} 404 without such an order. */
const requireOrder = async ({ database }: StreamSources, id: string): Promise<void> => {
  if (!(await orderExists(database, id))) throw notFound(`There is no order ${id}.`)
}

/** @throws {Problem} 404 without such an order, 422 if the event is not in its history. */
const placeOf = async (sources: StreamSources, orderId: string, resumed?: Resumed): Promise<Place> => {
  if (!resumed || resumed.id === beginning) {
    await requireOrder(sources, orderId)
    return { orderId, after: null }
  }
  const { id: lastId } = resumed
  const known = z.uuid().safeParse(lastId).success ? await findSeq(sources.database, orderId, lastId) : undefined
  if (known !== undefined) return { orderId, after: { id: lastId, seq: known } }
  await requireOrder(sources, orderId)
  throw refusedResume(
    resumed,
    'must be the id of a stored event of this order: connect without it, to get the history again',
  )
}
