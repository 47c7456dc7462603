import type { Database } from '@quadrille/postgres'
import { notFound, type Route, route } from '@quadrille/service'
import { findStock } from '../db/stock-table.ts'
import { stockParams, stockView, view } from './schema.ts'

/** `GET /stock/{sku}`. */
export const getStock = (database: Database): Route =>
  route({
    method: 'get',
    path: '/stock/{sku}',
    operationId: 'getStock',
    summary: 'Show the stock of a SKU',
    description: 'Returns how many pieces of a SKU are in stock, held for orders, and available.',
    params: stockParams,
    responses: { 200: { description: 'The stock', body: stockView } },
    handle: async ({ params: { sku } }) => {
      const stock = await findStock(database, sku)
      if (!stock) throw notFound(`${sku} is not in the catalog.`)
      return { status: 200, body: view(stock) }
    },
  })
