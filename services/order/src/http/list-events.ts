import type { Message } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { notFound, pageQuery, pageSchema, type Route, readCursor, route, toPage } from '@quadrille/service'
import { z } from 'zod'
import { listHistory } from '../db/history-table.ts'
import { findOrder } from '../db/order-table.ts'
import { orderParams } from './schema.ts'

const compactEvent = z.object({
  type: z.string(),
  time: z.iso.datetime(),
  source: z.string(),
  data: z.looseObject({}),
})
const event = z.looseObject({ id: z.uuid(), ...compactEvent.shape })

const query = z.strictObject({
  ...pageQuery,
  order: z
    .enum(['asc', 'desc'])
    .default('desc')
    .meta({ description: 'asc: the oldest first; a cursor leads on in either' }),
  view: z.enum(['full', 'compact']).default('full').meta({ description: 'compact: only type, time, source and data' }),
})

/** A cursor is the `seq` of an event, in decimal digits. */
const seq = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number)

const shown = (message: Message, view: 'full' | 'compact') => {
  const { type, time, source, data } = message
  return view === 'compact' ? { type, time, source, data } : message
}

/** `GET /orders/{id}/events`: the whole history, with what other services have said about the order. */
export const getEvents = (database: Database): Route =>
  route({
    method: 'get',
    path: '/orders/{id}/events',
    operationId: 'listOrderEvents',
    summary: 'List every event of an order that any service published',
    params: orderParams,
    query,
    responses: { 200: { description: 'A page of events', body: pageSchema(z.union([event, compactEvent])) } },
    handle: async ({ params: { id }, query: { limit, cursor, order, view } }) => {
      const rows = await listHistory(database, id, { order, after: readCursor(cursor, seq), limit: limit + 1 })
      if (rows.length === 0 && !(await findOrder(database, id))) throw notFound(`There is no order ${id}.`)
      return {
        status: 200,
        body: toPage(rows, limit, { key: ({ seq }) => seq, item: ({ event }) => shown(event, view) }),
      }
    },
  })
