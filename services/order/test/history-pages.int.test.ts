import { draft, seal } from '@quadrille/events'
import { openDatabase, run } from '@quadrille/postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import { insertHistory } from '../src/db/history-table.ts'
import { type OrdersByHttp, openOrders } from './orders-by-http.ts'

let orders: OrdersByHttp
let path: string

/** Creates an order with five events. */
beforeAll(async () => {
  const { stop, ...opened } = await openOrders()
  orders = opened
  const orderId = await orders.place()
  path = `/orders/${orderId}/events`
  const sql = openDatabase({ url: orders.databaseUrl, applicationName: 'test', max: 1, onIdleError: () => undefined })
  const money = { orderId, amount: 2_500, currency: 'EUR', gatewayReference: 'g1' }
  const events = [
    draft('PaymentProcessed', money),
    draft('InventoryReserved', { orderId, lines: [{ sku: 'mug', quantity: 2 }] }),
    draft('PaymentRefunded', money),
    draft('InventoryReleased', { orderId, lines: [] }),
  ].map((published) => seal(published, { service: 'test', now: new Date() }))
  for (const event of events) await run(sql, insertHistory([event]))
  await sql.end()
  return stop
})

const oldestFirst = ['OrderPlaced', 'PaymentProcessed', 'InventoryReserved', 'PaymentRefunded', 'InventoryReleased']

const typesOf = ({ items }: { items: { type: string }[] }): string[] => items.map(({ type }) => type)

/** Reads all pages in sequence. */
const readAllPages = async (query: string): Promise<string[]> => {
  const types: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const { body } = await orders.get(`${path}?limit=2${query}${cursor && `&cursor=${cursor}`}`)
    types.push(...typesOf(body))
    cursor = body.nextCursor
  }
  return types
}

describe('the history of an order', () => {
  it('begins with the newest event by default, and with the oldest on request', async () => {
    expect(typesOf((await orders.get(path)).body)).toEqual(oldestFirst.toReversed())
    expect(typesOf((await orders.get(`${path}?order=desc`)).body)).toEqual(oldestFirst.toReversed())
    expect(typesOf((await orders.get(`${path}?order=asc`)).body)).toEqual(oldestFirst)
  })

  it('is complete over all pages in both orders', async () => {
    expect(await readAllPages('')).toEqual(oldestFirst.toReversed())
    expect(await readAllPages('&order=asc')).toEqual(oldestFirst)
  })

  it('continues from a cursor in the requested order', async () => {
    const { body } = await orders.get(`${path}?order=asc&limit=3`)
    const back = await orders.get(`${path}?order=desc&cursor=${body.nextCursor}`)
    expect(typesOf(back.body)).toEqual(['PaymentProcessed', 'OrderPlaced'])
  })

  it('has the envelope of each event', async () => {
    const { body } = await orders.get(path)
    const [, , orderId] = path.split('/')
    for (const event of body.items)
      expect(event).toMatchObject({ id: expect.any(String), subject: orderId, schemaversion: 1 })
    expect(body.items.at(-1).data).not.toHaveProperty('payment')
  })

  it('has a compact form', async () => {
    const { body } = await orders.get(`${path}?view=compact&order=asc`)
    expect(Object.keys(body.items[0])).toEqual(['type', 'time', 'source', 'data'])
    expect(body.items[0]).toMatchObject({ type: 'OrderPlaced', source: '/order', data: { total: 2_500 } })
  })

  it.each(['order=up', 'view=short'])('rejects %s', async (query) => {
    expect((await orders.get(`${path}?${query}`)).status).toBe(422)
  })
})
