/** The HTTP interface with a real Postgres and the demo catalog. */

import { choreography, type Message, newOrderId, shop } from '@quadrille/events'
import { readContent, writeContent } from '@quadrille/messages'
import { type Broker, eventAddress, inProcessBroker, topologyOf } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { openDatabase } from '@quadrille/postgres'
import { type RunningService, startService } from '@quadrille/service'
import { aMessage, anOrder, aPlacedOrder, toWire } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { proxyTo, type TestDatabase } from '@quadrille/testing'
import { waitUntil } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { countExample, receiptExample, reservationExample, stockExample } from '../src/http/examples.ts'
import { inventory } from '../src/service.ts'

const log = pino({ level: 'silent' })
let database: TestDatabase
let broker: Broker
let service: RunningService
beforeAll(async () => {
  database = await createServiceDatabase(inject('postgresUrl'), inventory)
  broker = inProcessBroker({ onError: (error) => log.error(error) })
  service = await startService(inventory, {
    broker,
    env: { DATABASE_URL: database.url, PORT: '0', SEED: 'demo' },
    log,
  })
})
afterAll(async () => {
  await service.stop()
  await broker.close()
  await database.drop()
})

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into bodies of any shape
  readonly body: any
}

const call = async (path: string, init: RequestInit = {}): Promise<Answer> => {
  const response = await fetch(service.url + path, init)
  return { status: response.status, body: await response.json() }
}

const send = (method: 'PUT' | 'POST', path: string, body: unknown, headers: Record<string, string> = {}) =>
  call(path, { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })

const put = (sku: string, body: unknown) => send('PUT', `/stock/${sku}`, body)
const receive = (sku: string, body: unknown, key?: string) =>
  send('POST', `/stock/${sku}/receipts`, body, key === undefined ? {} : { 'idempotency-key': key })

/** Publishes messages as their publishers would. Resolves when this service has committed their effect. */
const say = async (...messages: Message[]) => {
  for (const message of messages) {
    const publisher = message.type === 'PaymentProcessed' ? choreography.payment : choreography.order
    const participant = broker.join({ ...topologyOf(publisher, choreography), requiredInboxes: [] }, memoryStores())
    await participant.publisher.publish(eventAddress(publisher.name), toWire(message))
  }
}

const holdOne = async (sku: string): Promise<string> => {
  const orderId = newOrderId()
  const lines = [{ sku, quantity: 1, unitPrice: 4_500 }]
  await say(
    aMessage('OrderPlaced', { ...aPlacedOrder(orderId), lines }),
    aMessage('PaymentProcessed', { orderId, amount: 4_500, currency: 'EUR', gatewayReference: 'g1' }),
  )
  return orderId
}

const movements = async (sku: string) => {
  const sql = openDatabase({ url: database.url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  const rows = await sql.query('select kind, quantity from stock_movement where sku = $1 order by seq', [sku])
  await sql.end()
  return rows
}

describe('GET /stock', () => {
  it('lists the catalog sorted by SKU, page by page', async () => {
    await put('Zebra', { onHand: 1 })
    const first = await call('/stock?limit=2')
    expect(first.body.items.map(({ sku }: { sku: string }) => sku)).toEqual(['Zebra', 'honey'])
    const second = await call(`/stock?limit=100&cursor=${first.body.nextCursor}`)
    expect(second.body.items[0]).toEqual({ sku: 'mug', onHand: 100_000, reserved: 0, available: 100_000 })
    expect(second.body.nextCursor).toBeNull()
  })

  it.each([
    '/stock?limit=0',
    '/stock?limit=101',
    '/stock?limit=many',
    '/stock?cursor=~',
    `/stock?cursor=${Buffer.from('no sku!').toString('base64url')}`,
    `/stock?cursor=${Buffer.from('mug\0').toString('base64url')}`,
    '/stock?colour=blue',
  ])('refuses %s', async (path) => {
    expect(await call(path)).toMatchObject({ status: 422, body: { errors: [{ pointer: expect.any(String) }] } })
  })
})

describe('GET /stock/{sku}', () => {
  it.each(['/stock/unheard-of', '/stock/no%20sku', '/stock/mug%00', `/stock/${'x'.repeat(65)}`])(
    'does not find %s',
    async (path) => {
      expect(await call(path)).toMatchObject({ status: 404, body: { type: '/docs/problems#not-found' } })
    },
  )
})

describe('the examples of the API document', () => {
  it('are the requests and responses of the API', async () => {
    const sku = 'as-documented'
    expect(await put(sku, countExample)).toEqual({ status: 201, body: { ...stockExample, sku } })
    const { onHand } = countExample
    const { quantity } = receiptExample
    expect((await receive(sku, receiptExample)).body).toMatchObject({ onHand: onHand + quantity })
    const orderId = await holdOne(sku)
    const lines = [{ sku, quantity: 1 }]
    expect((await call(`/reservations/${orderId}`)).body).toEqual({ ...reservationExample, orderId, lines })
  })
})

describe('PUT /stock/{sku}', () => {
  it('adds a SKU, sets the counted quantity, and records the difference', async () => {
    expect(await put('cup', { onHand: 10 })).toEqual({
      status: 201,
      body: { sku: 'cup', onHand: 10, reserved: 0, available: 10 },
    })
    expect(await put('cup', { onHand: 7 })).toEqual({
      status: 200,
      body: { sku: 'cup', onHand: 7, reserved: 0, available: 7 },
    })
    expect(await put('cup', { onHand: 7 })).toMatchObject({ status: 200, body: { onHand: 7 } }) // no difference
    expect(await call('/stock/cup')).toMatchObject({ status: 200, body: { onHand: 7 } })
    expect(await movements('cup')).toEqual([
      { kind: 'adjustment', quantity: 10 },
      { kind: 'adjustment', quantity: -3 },
    ])
  })

  it('does not set less than orders hold', async () => {
    await put('vase', { onHand: 2 })
    await holdOne('vase')
    expect(await put('vase', { onHand: 0 })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('hold 1 of vase') },
    })
    expect(await put('vase', { onHand: 1 })).toMatchObject({ status: 200, body: { reserved: 1, available: 0 } })
  })

  it('needs no adjustment for a count without the pieces of a fulfilled order', async () => {
    await put('lamp', { onHand: 3 })
    const [fulfilled] = [await holdOne('lamp'), await holdOne('lamp')]
    await say(
      aMessage('OrderFulfilled', { ...anOrder(fulfilled), lines: [{ sku: 'lamp', quantity: 1, unitPrice: 4_500 }] }),
    )
    const known = { sku: 'lamp', onHand: 2, reserved: 1, available: 1 }
    expect(await call('/stock/lamp')).toEqual({ status: 200, body: known })
    expect(await put('lamp', { onHand: 2 })).toEqual({ status: 200, body: known })
    expect(await movements('lamp')).toEqual([{ kind: 'adjustment', quantity: 3 }])
  })

  it('changes nothing if the stock is no longer the one that the client has read', async () => {
    await put('bell', { onHand: 100 })
    const read = async () => (await fetch(`${service.url}/stock/bell`)).headers.get('etag') ?? ''
    const before = await read()
    await receive('bell', { quantity: 12 })
    const count = { onHand: 98 }
    const refused = { status: 412, body: { type: '/docs/problems#precondition-failed' } }
    for (const header of [before, `W/${await read()}`, 'x'])
      expect(await send('PUT', '/stock/bell', count, { 'if-match': header })).toMatchObject(refused)
    expect(await send('PUT', '/stock/bell', count, { 'if-none-match': '*' })).toMatchObject(refused)
    expect((await call('/stock/bell')).body).toMatchObject({ onHand: 112 })
    const known = { 'if-match': `"other", ${await read()}` }
    expect(await send('PUT', '/stock/bell', count, known)).toMatchObject({ status: 200, body: count })
    expect(await send('PUT', '/stock/bell', count, { 'if-match': '*' })).toMatchObject({ status: 200 })
  })

  it('adds a SKU only if the client does not expect it', async () => {
    expect(await send('PUT', '/stock/gong', { onHand: 1 }, { 'if-match': '*' })).toMatchObject({ status: 412 })
    expect(await call('/stock/gong')).toMatchObject({ status: 404 })
    expect(await send('PUT', '/stock/gong', { onHand: 1 }, { 'if-none-match': '*' })).toMatchObject({ status: 201 })
  })

  it('creates a SKU once under concurrent requests, and its movements add up', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => put('rush', { onHand: index })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    const { body } = await call('/stock/rush')
    const total = (await movements('rush')).reduce((sum, row) => sum + Number(row['quantity']), 0)
    expect(total).toBe(body.onHand)
  })

  it.each([
    [{}, '/onHand'],
    [{ onHand: -1 }, '/onHand'],
    [{ onHand: 1.5 }, '/onHand'],
    [{ onHand: '3' }, '/onHand'],
    [{ onHand: 1e21 }, '/onHand'],
    [{ onHand: 1, reserved: 0 }, '/reserved'],
    [[], ''],
    [null, ''],
  ])('refuses %j with a pointer to the field', async (body, pointer) => {
    const refusal = await put('mug', body)
    expect(refusal.status).toBe(422)
    expect(refusal.body.errors[0]).toMatchObject({ pointer })
    expect(await call('/stock/mug')).toMatchObject({ body: { onHand: 100_000 } })
  })
})

describe('POST /stock/{sku}/receipts', () => {
  it('adds each time if there is no key', async () => {
    await put('pot', { onHand: 1 })
    await receive('pot', { quantity: 2 })
    expect(await receive('pot', { quantity: 3 })).toEqual({
      status: 200,
      body: { sku: 'pot', onHand: 6, reserved: 0, available: 6 },
    })
    expect(await movements('pot')).toMatchObject([{ kind: 'adjustment' }, { kind: 'receipt' }, { kind: 'receipt' }])
  })

  it('adds once per key, and repeats the response, even concurrently and later', async () => {
    await put('jug', { onHand: 0 })
    const answers = await Promise.all(Array.from({ length: 20 }, () => receive('jug', { quantity: 5 }, 'delivery-1')))
    await receive('jug', { quantity: 1 })
    const later = await receive('jug', { quantity: 5 }, 'delivery-1')
    for (const answer of [...answers, later]) expect(answer).toMatchObject({ status: 200, body: { onHand: 5 } })
    expect(await call('/stock/jug')).toMatchObject({ body: { onHand: 6 } })
  })

  it('marks a repeated response', async () => {
    await put('cup', { onHand: 0 })
    const book = async (key: string) => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': key }
      const response = await fetch(`${service.url}/stock/cup/receipts`, {
        method: 'POST',
        headers,
        body: '{"quantity":5}',
      })
      return { replayed: response.headers.get('idempotent-replayed'), body: await response.json() }
    }
    const first = await book('delivery-4')
    expect(first).toMatchObject({ replayed: null, body: { onHand: 5 } })
    expect(await book('delivery-4')).toEqual({ ...first, replayed: 'true' })
    expect(await book('delivery-5')).toMatchObject({ replayed: null, body: { onHand: 10 } })
  })

  it('rejects a key that was used for another receipt', async () => {
    await receive('mug', { quantity: 1 }, 'delivery-2')
    const reused = { status: 422, body: { type: '/docs/problems#idempotency-key-reused' } }
    expect(await receive('mug', { quantity: 2 }, 'delivery-2')).toMatchObject(reused)
    expect(await receive('tea', { quantity: 1 }, 'delivery-2')).toMatchObject(reused)
  })

  it('does not store an error response', async () => {
    expect(await receive('plate', { quantity: 1 }, 'delivery-3')).toMatchObject({ status: 404 })
    await put('plate', { onHand: 0 })
    expect(await receive('plate', { quantity: 1 }, 'delivery-3')).toMatchObject({ status: 200, body: { onHand: 1 } })
  })

  it('rejects more than the maximum quantity', async () => {
    await put('sand', { onHand: 999_999_999_999 })
    for (const status of [200, 409]) expect(await receive('sand', { quantity: 1 })).toMatchObject({ status })
  })

  it.each([{}, { quantity: 0 }, { quantity: -1 }, { quantity: 0.5 }, { quantity: 1, sku: 'tea' }])(
    'refuses %j',
    async (body) => {
      expect(await receive('mug', body)).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: expect.any(String) }] },
      })
    },
  )

  it.each(['', 'x'.repeat(256), '\u0085'])('rejects an invalid key', async (key) => {
    expect(await receive('mug', { quantity: 1 }, key)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/idempotency-key' }] },
    })
  })
})

describe('GET /reservations/{orderId}', () => {
  it('shows what is held for an order', async () => {
    const orderId = await holdOne('teapot')
    expect(await call(`/reservations/${orderId}`)).toEqual({
      status: 200,
      body: { orderId, status: 'reserved', lines: [{ sku: 'teapot', quantity: 1 }] },
    })
  })

  it.each([newOrderId(), 'no-uuid', '%00'])('does not find order %s', async (orderId) => {
    expect(await call(`/reservations/${orderId}`)).toMatchObject({ status: 404 })
  })
})

describe('while Postgres is unavailable', () => {
  it('returns 503 with Retry-After, and recovers automatically', async () => {
    const proxy = await proxyTo(database.url)
    const behindProxy = await startService(inventory, { broker, env: { DATABASE_URL: proxy.url, PORT: '0' }, log })
    const ask = () => fetch(`${behindProxy.url}/stock/mug`)
    expect((await ask()).status).toBe(200)
    proxy.refuse()
    const refusal = await ask()
    expect(refusal.status).toBe(503)
    expect(refusal.headers.get('retry-after')).toBe('1')
    proxy.accept()
    await waitUntil(async () => (await ask()).status === 200)
    await behindProxy.stop()
    await proxy.close()
  })
})

describe('the question StockLevels', () => {
  const { asked, answer } = shop.questions.StockLevels
  const askLevels = async (...skus: string[]) => {
    const participant = broker.join(topologyOf(choreography.order, choreography), memoryStores())
    const body = await participant.questions.ask(
      { type: 'StockLevels', body: writeContent(asked, { skus }), headers: {} },
      { timeoutMs: 10_000 },
    )
    await participant.leave()
    return readContent(answer, body).levels
  }

  it('is answered with the available pieces of each SKU in the catalog', async () => {
    await put('sofa', { onHand: 3 })
    await holdOne('sofa')
    expect(await askLevels('sofa', 'no-sofa', 'sofa')).toEqual([{ sku: 'sofa', available: 2 }])
    expect(await askLevels('no-sofa')).toEqual([])
  })

  it('is answered while the row is locked', async () => {
    await put('bench', { onHand: 1 })
    const sql = openDatabase({
      url: database.url,
      applicationName: 'test',
      idleInTransactionMs: 60_000, // longer than the test asks
      onIdleError: () => undefined,
    })
    await sql.transaction(async (locking) => {
      await locking.query(`select from stock where sku = 'bench' for update`)
      expect(await askLevels('bench')).toEqual([{ sku: 'bench', available: 1 }])
    })
    await sql.end()
  })
})

describe('the AsyncAPI document', () => {
  it('describes the choreography', async () => {
    const { status, body } = await call('/asyncapi.json')
    expect(status).toBe(200)
    const events = Object.keys(choreography).map((name) => `${name}Events`)
    expect(Object.keys(body.channels)).toEqual([...events, 'inventoryQuestions', 'inventoryAnswers'])
  })
})

describe('the log of operations', () => {
  it('has the changes of stock by an operator, and not those by the shop', async () => {
    const by = { 'x-operator': 'ada' }
    await put('pencil', { onHand: 10 })
    for (const onHand of [9, 12]) await send('PUT', '/stock/pencil', { onHand }, by)
    for (let repeated = 0; repeated < 2; repeated += 1)
      await send('POST', '/stock/pencil/receipts', { quantity: 3 }, { ...by, 'idempotency-key': 'pencils' })
    await receive('pencil', { quantity: 1 })
    await send('PUT', '/stock/pencil', { onHand: -1 }, by)
    expect((await call('/operations')).body.items).toMatchObject([
      { operation: 'receive_stock', operator: 'ada', detail: 'pencil: 3 received', orderId: null },
      ...['12 counted (+3)', '9 counted (-1)'].map((is) => ({ operation: 'count_stock', detail: `pencil: ${is}` })),
    ])
  })
})

describe('the OpenAPI document', () => {
  it('has every route of the service, and the common ones', async () => {
    const { body } = await call('/openapi.json')
    expect(Object.keys(body.paths)).toEqual([
      '/stock',
      '/stock/{sku}',
      '/stock/{sku}/receipts',
      '/stock/{sku}/photo',
      '/photos/{photoId}',
      '/reservations/{orderId}',
      '/whereabouts',
      '/attempts',
      '/retries',
      '/queues',
      '/dead-letters',
      '/dead-letters/groups',
      '/dead-letters/replay',
      '/dead-letters/{id}',
      '/dead-letters/{id}/replay',
      '/operations',
      '/states',
    ])
  })
})
