import { contentHash } from '@quadrille/messages'
import type { Database, Sql } from '@quadrille/postgres'
import {
  idempotencyHeaders,
  keyReused,
  notFound,
  optionalOperatorHeaders,
  Problem,
  type Route,
  recordOperation,
  replayedHeaderDocs,
  replayedHeaders,
  responseExpired,
  route,
} from '@quadrille/service'
import { z } from 'zod'
import { findFirstResponse, insertKey, storeFirstResponse } from '../db/idempotency-table.ts'
import { lockStock, moveOneStock } from '../db/stock-table.ts'
import type { Stock } from '../domain/stock.ts'
import { receiptExample } from './examples.ts'
import { maxOnHand, stockParams, stockView, view } from './schema.ts'

const receiptRequest = z
  .strictObject({ quantity: z.int().min(1).max(maxOnHand).meta({ description: 'The number of pieces received.' }) })
  .meta({ title: 'Receipt', description: 'Goods that were received.', examples: [receiptExample] })

interface Receipt {
  /** Undefined if no operator has made the request. */
  readonly operator?: string | undefined
  readonly sku: string
  readonly quantity: number
}

/** `POST /stock/{sku}/receipts`: goods were received. A receipt is recorded once per idempotency key. */
export const postReceipt = (database: Database): Route =>
  route({
    method: 'post',
    path: '/stock/{sku}/receipts',
    operationId: 'receiveStock',
    summary: 'Receive goods',
    description:
      'Adds pieces of a SKU that is in the catalog. Send an `Idempotency-Key`, so that a retry after a lost response adds nothing.',
    params: stockParams,
    headers: z.object({ ...idempotencyHeaders.shape, ...optionalOperatorHeaders.shape }),
    body: receiptRequest,
    responses: {
      200: { description: 'The stock afterwards', body: stockView, headers: replayedHeaderDocs },
      409: { description: 'There would be more than 10^12 pieces' },
    },
    handle: async ({ params, body, headers }) => {
      const { 'idempotency-key': key, 'x-operator': operator } = headers
      const receipt = { ...params, ...body, operator }
      const { stock, isReplayed } = await database.transaction(async (sql) =>
        key === undefined ? { stock: await receive(sql, receipt), isReplayed: false } : receiveOnce(sql, key, receipt),
      )
      return { status: 200, body: view(stock), ...(isReplayed && { headers: replayedHeaders }) }
    },
  })

/** A rejected receipt throws, which rolls back the insert of the key. Only the response of a completed receipt is stored. */
const receiveOnce = async (sql: Sql, key: string, receipt: Receipt) => {
  const { sku, quantity } = receipt
  const requestHash = contentHash({ sku, quantity })
  if (await insertKey(sql, key, requestHash)) {
    const stock = await receive(sql, receipt)
    await storeFirstResponse(sql, key, stock)
    return { stock, isReplayed: false }
  }
  const first = await findFirstResponse(sql, key)
  if (!first) throw responseExpired()
  if (first.requestHash === requestHash) return { stock: first.response, isReplayed: true }
  throw keyReused('another receipt')
}

const receive = async (sql: Sql, { sku, quantity, operator }: Receipt): Promise<Stock> => {
  const [before] = await lockStock(sql, [sku])
  if (!before) throw notFound(`${sku} is not in the catalog. Add it by PUT /stock/${sku}.`)
  if (before.onHand + quantity > maxOnHand) {
    throw new Problem('conflict', `With ${quantity} more of ${sku} there would be over ${maxOnHand} on hand.`)
  }
  const after = await moveOneStock(sql, { sku, kind: 'receipt', quantity })
  const detail = `${sku}: ${quantity} received`
  if (operator !== undefined) await recordOperation(sql, { operation: 'receive_stock', detail, operator })
  return after
}
