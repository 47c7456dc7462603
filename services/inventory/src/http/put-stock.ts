import type { Database, Sql } from '@quadrille/postgres'
import { Problem, type Route, route } from '@quadrille/service'
import { z } from 'zod'
import { createStock, lockStock, moveStock } from '../db/stock-table.ts'
import { maxOnHand, stockParams, stockView, view } from './schema.ts'

/** `PUT /stock/{sku}`: somebody counted. The difference to what we thought is recorded as an adjustment. */
export const putStock = (database: Database): Route =>
  route({
    method: 'put',
    path: '/stock/{sku}',
    operationId: 'setStock',
    summary: 'Set what is on hand of a SKU, as counted',
    params: stockParams,
    body: z.strictObject({ onHand: z.int().min(0).max(maxOnHand) }),
    responses: {
      200: { description: 'The stock as it is now', body: stockView },
      201: { description: 'The SKU is new in the catalog', body: stockView },
      409: { description: 'Orders hold more than that' },
    },
    handle: ({ params: { sku }, body: { onHand } }) => database.transaction((sql) => count(sql, sku, onHand)),
  })

const count = async (sql: Sql, sku: string, onHand: number) => {
  const created = await createStock(sql, [sku])
  const [before] = await lockStock(sql, [sku])
  if (before && onHand < before.reserved) {
    throw new Problem('conflict', `Orders hold ${before.reserved} of ${sku}: there can't be only ${onHand} on hand.`)
  }
  const difference = onHand - (before?.onHand ?? 0)
  const after = await moveStock(sql, [{ sku, kind: 'adjustment', quantity: difference }])
  return { status: created.has(sku) ? 201 : 200, body: after.map(view)[0] }
}
