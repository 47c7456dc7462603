/** An order asks inventory before it is accepted. The test answers in the place of inventory. */

import { randomUUID } from 'node:crypto'
import { choreography } from '@quadrille/events'
import { type AnswerBatch, inProcessBroker, topologyOf } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { openDatabase } from '@quadrille/postgres'
import { blockInserts } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { anOrderRequest, type OrdersByHttp, openOrders, startOrders } from './orders-by-http.ts'

type Env = Readonly<Record<string, string>>

/** How long an order waits in tests in which inventory is silent, ms. In the others an answer comes long before its time. */
const impatient: Env = { ORDER_CHECK_TIMEOUT_MS: '20' }
const patient: Env = { ORDER_CHECK_TIMEOUT_MS: '20000' }

interface ShopOptions {
  readonly env?: Env
}

type Answer = (skus: readonly string[]) => object | null | Promise<object | null>

/** An inventory that has some mugs and teas. */
const createInventory = () => {
  const asked: string[][] = []
  const stock: Record<string, number> = { mug: 10, tea: 1 }
  const answer: Answer = (skus) => ({
    levels: skus.flatMap((sku) => (sku in stock ? [{ sku, available: stock[sku] }] : [])),
  })
  /** `answer` is the behaviour that answers questions, or null for silence. */
  const inventory = { asked, stock, answer }
  const answerAll: AnswerBatch = (questions) =>
    Promise.all(
      questions.map(async ({ body }) => {
        const { skus } = JSON.parse(Buffer.from(body).toString())
        asked.push(skus)
        const answered = await inventory.answer(skus)
        return answered && Buffer.from(JSON.stringify(answered))
      }),
    )
  return { inventory, answerAll }
}

const clientOf = <Orders extends OrdersByHttp>(orders: Orders) => ({
  ...orders,
  post: (lines: object, headers?: Record<string, string>) =>
    orders.post('/orders', { ...anOrderRequest, lines }, headers),
  metrics: async () => (await fetch(`${orders.url}/metrics`)).text(),
})

/** Opens an order service, with an inventory. */
const openShop = async ({ env = {} }: ShopOptions = {}) => {
  const broker = inProcessBroker({ onError: () => undefined })
  const { inventory, answerAll } = createInventory()
  broker.join(topologyOf(choreography.inventory, choreography), memoryStores()).answer(answerAll)
  const first = clientOf(await openOrders({ broker, env: { ...patient, ...env } }))
  const { databaseUrl } = first
  const startAnother = async (another: ShopOptions) =>
    clientOf(await startOrders({ broker, env: { ...patient, ...another.env }, databaseUrl }))
  return { ...first, inventory, startAnother }
}

/** Starts a shop for one test. */
const startShop = async (options: ShopOptions = {}) => {
  const shop = await openShop(options)
  onTestFinished(() => shop.stop())
  return shop
}

const lineOf = (sku: string, quantity = 1) => ({ sku, quantity, unitPrice: 1_000 })

describe('with ORDER_CHECK=catalog, the default', () => {
  let shop: Awaited<ReturnType<typeof openShop>>
  let answer: Answer
  beforeAll(async () => {
    shop = await openShop()
    answer = shop.inventory.answer
    return shop.stop
  })
  beforeEach(() => {
    shop.inventory.asked.length = 0
    shop.inventory.answer = answer
  })

  it('an order with an unknown SKU is rejected, with a pointer to each of its lines, and not stored', async () => {
    const { post, get } = shop
    const rejected = await post([lineOf('vase'), lineOf('mug'), lineOf('vase', 2)])
    expect(rejected).toMatchObject({
      status: 422,
      body: {
        type: expect.stringContaining('#invalid-fields'),
        errors: [
          { pointer: '/lines/0/sku', detail: 'is not in the catalog' },
          { pointer: '/lines/2/sku', detail: 'is not in the catalog' },
        ],
      },
    })
    const { body } = await waitFor(async () => {
      const listed = await get('/orders')
      expect(listed.status).toBe(200) // a busy machine may answer 503
      return listed
    })
    const { items } = body as { items: { lines: { sku: string }[] }[] }
    expect(items.flatMap(({ lines }) => lines.map(({ sku }) => sku))).not.toContain('vase')
  })

  it('a SKU is asked about once, however few pieces are available', async () => {
    const { inventory, post } = shop
    inventory.stock['jug'] = 1
    for (let count = 0; count < 3; count += 1) expect((await post([lineOf('tea', 5)])).status).toBe(202)
    expect((await post([lineOf('tea'), lineOf('jug')])).status).toBe(202)
    expect(inventory.asked).toEqual([['tea'], ['jug']])
  })

  it('an unknown SKU is accepted as soon as inventory has it', async () => {
    const { inventory, post } = shop
    expect((await post([lineOf('bowl')])).status).toBe(422)
    inventory.stock['bowl'] = 0
    expect((await post([lineOf('bowl')])).status).toBe(202)
  })

  it('concurrent orders share questions', async () => {
    const { inventory, post } = shop
    inventory.stock['cup'] = 1
    const answers = await Promise.all(Array.from({ length: 50 }, () => post([lineOf('cup')])))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    expect(inventory.asked.length).toBeGreaterThan(0)
    expect(inventory.asked.length).toBeLessThan(25)
  })

  it('an order is accepted after an unreadable answer', async () => {
    const { inventory, post, metrics } = shop
    inventory.answer = () => ({ stock: 'plenty' })
    expect((await post([lineOf('vase')])).status).toBe(202)
    expect(await metrics()).toContain('outcome="unreadable"')
  })

  it('a repeat gets the first response, even if it is rejected while that is being stored', async () => {
    const { inventory, post, get, databaseUrl } = shop
    const database = openDatabase({ url: databaseUrl, applicationName: 'test', max: 1, onIdleError: () => undefined })
    onTestFinished(() => database.end())
    const storing = await blockInserts(database, 'idempotency_key', 'true')
    inventory.answer = (skus) => (inventory.asked.length === 1 ? { stock: 'unreadable' } : answer(skus))
    const key = { 'idempotency-key': randomUUID() }
    const first = post([lineOf('vase')], key)
    await waitFor(async () => expect(await storing.count()).toBe(1))
    const repeat = post([lineOf('vase')], key)
    await waitFor(() => expect(inventory.asked).toHaveLength(2))
    for (let requests = 0; requests < 3; requests += 1) await get('/orders') // a repeat that does not wait is done by then
    await storing.release()
    expect((await first).status).toBe(202)
    expect([(await repeat).status, (await repeat).text]).toEqual([202, (await first).text])
  })

  it('GET /availability rejects a query without a valid SKU, with too many, or with another parameter', async () => {
    const many = `?${Array(101).fill('sku=mug').join('&')}`
    for (const query of ['', '?sku=', '?sku=a%20b', many, '?sku=mug&size=1'])
      expect((await shop.get(`/availability${query}`)).status, query).toBe(422)
  })
})

describe('without an answer in time', () => {
  it('an order is accepted, which is counted, and logged once a second', async () => {
    const { inventory, post, metrics, log } = await startShop({ env: impatient })
    inventory.answer = () => null
    const began = performance.now()
    const answers = await Promise.all(['vase', 'mug', 'bowl'].map((sku) => post([lineOf(sku)])))
    const mostLines = Math.ceil((performance.now() - began) / 1_000)
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202])
    expect(await metrics()).toMatch(/^quadrille_orders_unchecked_total\{service="order"\} 3$/m)
    expect(await metrics()).toMatch(
      /^quadrille_questions_total\{question="StockLevels",outcome="timeout",service="order"\} [123]$/m,
    )
    for (const line of [/a question got no answer/g, /"uncheckedOrders":\d+,.*accepted without a check/g]) {
      const { length } = log().match(line) ?? []
      expect(length).toBeGreaterThanOrEqual(1)
      expect(length).toBeLessThanOrEqual(mostLines)
    }
  })

  it('an order that is rejected by the limit of open orders does not count as unchecked', async () => {
    const { inventory, post, metrics } = await startShop({ env: { ...impatient, ORDERS_OPEN_MAX: '1' } })
    inventory.answer = () => null
    const answers = await Promise.all(['vase', 'mug', 'bowl'].map((sku) => post([lineOf(sku)])))
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 503, 503])
    expect(await metrics()).toMatch(/^quadrille_orders_unchecked_total\{service="order"\} 1$/m)
  })

  it('an order is repeated by its key without another question', async () => {
    const { inventory, post, startAnother } = await startShop({ env: impatient })
    const key = { 'idempotency-key': randomUUID() }
    const { answer } = inventory
    inventory.answer = () => null
    const first = await post([lineOf('vase')], key)
    inventory.answer = answer
    // This instance waits for its answers, so that a question of the repeat would be delivered.
    const other = await startAnother({})
    inventory.asked.length = 0
    const again = await other.post([lineOf('vase')], key)
    expect([again.status, again.text]).toEqual([202, first.text])
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect(inventory.asked).toEqual([])
    expect(await other.post([lineOf('bowl')], key)).toMatchObject({
      status: 422,
      body: { type: expect.stringContaining('reused') },
    })
    expect(inventory.asked).toEqual([])
  })
})

it.each([
  { ORDER_CHECK: 'catalog', line: lineOf('vase') },
  { ORDER_CHECK: 'stock', line: lineOf('tea', 5) },
])(
  'with ORDER_CHECK=$ORDER_CHECK, a repeat gets the first response, even if it asks before that is stored',
  async (example) => {
    const { inventory, post, startAnother } = await startShop({ env: { ORDER_CHECK: example.ORDER_CHECK } })
    const another = await startAnother({ env: { ORDER_CHECK: 'off' } }) // like an instance that got no answer
    const key = { 'idempotency-key': randomUUID() }
    const { answer } = inventory
    let first: Awaited<ReturnType<typeof post>> | undefined
    inventory.answer = async (skus) => {
      first ??= await another.post([example.line], key)
      return answer(skus)
    }
    const repeat = await post([example.line], key)
    expect([repeat.status, repeat.text]).toEqual([202, first?.text])
    expect(repeat.headers.get('idempotent-replayed')).toBe('true')
  },
)

it('a repeat at another instance is not rejected while the first request is being stored', async () => {
  const { inventory, post, startAnother, databaseUrl } = await startShop({ env: impatient })
  const database = openDatabase({ url: databaseUrl, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  const storing = await blockInserts(database, 'idempotency_key', 'true')
  const { answer } = inventory
  inventory.answer = () => null
  const key = { 'idempotency-key': randomUUID() }
  const first = post([lineOf('vase')], key)
  await waitFor(async () => expect(await storing.count()).toBe(1))
  inventory.answer = answer
  const other = await startAnother({ env: patient })
  const repeat = await other.post([lineOf('vase')], key)
  expect([repeat.status, repeat.headers.get('retry-after')]).toEqual([503, '1'])
  expect((await other.post([lineOf('vase')], { 'idempotency-key': randomUUID() })).status).toBe(422)
  await storing.release()
  expect((await first).status).toBe(202)
  const again = await other.post([lineOf('vase')], key)
  expect([again.status, again.text]).toEqual([202, (await first).text])
})

it('with ORDER_CHECK=stock, each order asks, and one of more pieces than are available is rejected with both numbers', async () => {
  const { inventory, post } = await startShop({ env: { ORDER_CHECK: 'stock' } })
  const rejected = await post([lineOf('mug', 6), lineOf('tea'), lineOf('mug', 5)])
  expect(rejected).toMatchObject({
    status: 409,
    body: { type: expect.stringContaining('#conflict'), missing: [{ sku: 'mug', requested: 11, available: 10 }] },
  })
  expect((await post([lineOf('mug', 10), lineOf('tea')])).status).toBe(202)
  inventory.stock['tea'] = 0
  expect((await post([lineOf('tea')])).status).toBe(409)
  expect(await post([lineOf('tea'), lineOf('vase')])).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/lines/1/sku' }] },
  })
})

it('with ORDER_CHECK=off, an order asks nothing, and GET /availability shows the pieces of each SKU', async () => {
  const { inventory, post, get } = await startShop({ env: { ORDER_CHECK: 'off' } })
  expect((await post([lineOf('vase')])).status).toBe(202)
  expect(inventory.asked).toEqual([])
  expect((await get('/availability?sku=tea&sku=vase&sku=mug&sku=tea')).body).toEqual({
    items: [
      { sku: 'tea', known: true, available: 1 },
      { sku: 'vase', known: false, available: 0 },
      { sku: 'mug', known: true, available: 10 },
    ],
  })
  expect((await get('/availability?sku=mug')).body.items).toHaveLength(1)
})

it('GET /availability is rejected with 503 and Retry-After without an answer', async () => {
  const { inventory, get } = await startShop({ env: impatient })
  inventory.answer = () => null
  const rejected = await get('/availability?sku=mug')
  expect([rejected.status, rejected.headers.get('retry-after')]).toEqual([503, '1'])
})
