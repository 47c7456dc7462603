import { primitives } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { pageQuery, pageSchema, type Route, readCursor, route, toPage } from '@quadrille/service'
import { z } from 'zod'
import { findStockPage } from '../db/stock-table.ts'
import { stockView, view } from './schema.ts'

/** `GET /stock`: sorted by SKU, unlike other lists, which begin with the newest entry. */
export const listStock = (database: Database): Route =>
  route({
    method: 'get',
    path: '/stock',
    operationId: 'listStock',
    summary: 'List the stock of all SKUs',
    description: 'Returns the stock of every SKU in the catalog, sorted by SKU.',
    query: z.strictObject(pageQuery),
    responses: { 200: { description: 'A page of the list', body: pageSchema(stockView) } },
    handle: async ({ query: { limit, cursor } }) => {
      const after = readCursor(cursor, primitives.sku) ?? ''
      const rows = await findStockPage(database, after, limit + 1)
      return { status: 200, body: toPage(rows, limit, { key: ({ sku }) => sku, item: view }) }
    },
  })
