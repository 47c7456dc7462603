import type { Database, Sql } from '@quadrille/postgres'
import {
  conditionHeaders,
  optionalOperatorHeaders,
  Problem,
  type Route,
  recordOperation,
  requireConditions,
  route,
} from '@quadrille/service'
import { z } from 'zod'
import { createStock, lockStock, moveOneStock } from '../db/stock-table.ts'
import { countExample } from './examples.ts'
import { maxOnHand, stockParams, stockView, view } from './schema.ts'

const countRequest = z
  .strictObject({
    onHand: z.int().min(0).max(maxOnHand).meta({
      description:
        'The number of pieces that were counted, without those of committed reservations that are not dispatched yet.',
    }),
  })
  .meta({ title: 'Count', description: 'The result of counting the pieces of a SKU.', examples: [countExample] })

/** `PUT /stock/{sku}`: sets a counted quantity. The difference from the records is stored as an adjustment. */
export const putStock = (database: Database): Route =>
  route({
    method: 'put',
    path: '/stock/{sku}',
    operationId: 'setStock',
    summary: 'Set the stock of a SKU',
    description:
      'Sets the number of pieces in stock to the counted number, and adds the SKU to the catalog if it is new. The difference is recorded as an adjustment. The pieces of a fulfilled order are no longer on hand, although they are in the warehouse until they are dispatched, so leave them out of the count. `GET /shipments?status=open` of shipping lists the orders without a parcel. Of the other orders, also leave out the pieces that follow in further parcels. Leave out only orders whose reservation is `committed`, because the pieces of the others are subtracted later. Read `GET /stock/{sku}` before the list, and send its `ETag` as `If-Match`: without it, a sale or a receipt in between is overwritten. Compare the list again afterwards.',
    params: stockParams,
    headers: z.object({ ...conditionHeaders.shape, ...optionalOperatorHeaders.shape }),
    body: countRequest,
    responses: {
      200: { description: 'The stock after the change', body: stockView },
      201: { description: 'The SKU was added to the catalog', body: stockView },
      409: { description: 'More pieces than that are held for orders' },
      412: { description: 'The stock is no longer the one in `If-Match`, or exists in spite of `If-None-Match: *`' },
    },
    handle: async ({ params: { sku }, body: { onHand }, headers }) => {
      const { 'x-operator': operator, ...conditions } = headers
      const { isNew, stock } = await database.transaction(async (sql) => {
        const { difference, ...counted } = await count(sql, { sku, onHand, conditions })
        const detail = `${sku}: ${onHand} counted (${difference > 0 ? '+' : ''}${difference})`
        if (operator !== undefined) await recordOperation(sql, { operation: 'count_stock', detail, operator })
        return counted
      })
      return { status: isNew ? 201 : 200, body: view(stock) }
    },
  })

interface Count {
  readonly sku: string
  readonly onHand: number
  readonly conditions: z.output<typeof conditionHeaders>
}

const count = async (sql: Sql, { sku, onHand, conditions }: Count) => {
  const created = await createStock(sql, [sku])
  const [before] = await lockStock(sql, [sku])
  if (!before) throw new Error(`${sku} has no row in the stock.`)
  const isNew = created.has(sku)
  requireConditions(conditions, isNew ? undefined : view(before))
  if (onHand < before.reserved) {
    throw new Problem('conflict', `Orders hold ${before.reserved} of ${sku}, so the count can't be ${onHand}.`)
  }
  const difference = onHand - before.onHand
  if (difference === 0) return { isNew, difference, stock: before }
  const stock = await moveOneStock(sql, { sku, kind: 'adjustment', quantity: difference })
  return { isNew, difference, stock }
}
