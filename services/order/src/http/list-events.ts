import type { Database } from '@quadrille/postgres'
import { notFound, pageQuery, pageSchema, type Route, readCursor, route, toPage } from '@quadrille/service'
import { z } from 'zod'
import { listHistory } from '../db/history-table.ts'
import { findOrder } from '../db/order-table.ts'
import { orderParams } from './schema.ts'

const event = z.looseObject({
  id: z.uuid(),
  type: z.string(),
  source: z.string(),
  time: z.iso.datetime(),
  data: z.looseObject({}),
})

/** A cursor is the `seq` of an event, in decimal digits. */
const seq = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number)

/** `GET /orders/{id}/events`: the whole history, with what other services have said about the order. */
export const getEvents = (database: Database): Route =>
  route({
    method: 'get',
    path: '/orders/{id}/events',
    operationId: 'listOrderEvents',
    summary: 'List every event of an order that any service published, the newest first',
    params: orderParams,
    query: z.strictObject(pageQuery),
    responses: { 200: { description: 'A page of events', body: pageSchema(event) } },
    handle: async ({ params: { id }, query: { limit, cursor } }) => {
      const before = readCursor(cursor, seq)
      const rows = await listHistory(database, id, { before, limit: limit + 1 })
      if (rows.length === 0 && !(await findOrder(database, id))) throw notFound(`There is no order ${id}.`)
      return { status: 200, body: toPage(rows, limit, { key: ({ seq }) => seq, item: ({ event }) => event }) }
    },
  })
