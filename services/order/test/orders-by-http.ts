/** Runs the order service over HTTP. No other service has joined its broker, so its events wait in the outbox. */
import { randomUUID } from 'node:crypto'
import { type Broker, inProcessBroker } from '@quadrille/messaging'
import { startService } from '@quadrille/service'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { waitFor } from '@quadrille/testing/waiting'
import { type Level, pino } from 'pino'
import { expect, inject, onTestFinished } from 'vitest'
import { order } from '../src/service.ts'

export const anOrderRequest = {
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'mug', quantity: 2, unitPrice: 1_250 }],
  payment: { method: 'pm_card_visa' },
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into bodies of any shape
  readonly body: any
}

export interface OrdersByHttp {
  readonly databaseUrl: string
  readonly url: string
  get(path: string): Promise<Answer>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>
  /** Places an order, and resolves to its id. Like a client, it repeats the request while the answer is 503, as on a busy machine. */
  place(changes?: object): Promise<string>
  /** Cancels an order, and repeats the request in the same way. */
  cancel(id: string, headers?: Record<string, string>): Promise<void>
  /** The log so far. */
  log(): string
}

export interface OpenOrders extends OrdersByHttp {
  stop(): Promise<void>
}

interface OrderOptions {
  readonly level?: Level
  readonly env?: Readonly<Record<string, string>>
  /** Default: one without other services. */
  readonly broker?: Broker
  /** The database of another instance. Default: a new one. */
  readonly databaseUrl?: string
}

/** Starts an order service that runs until the test ends. */
export const startOrders = async (options: OrderOptions = {}): Promise<OrdersByHttp> => {
  const orders = await openOrders(options)
  onTestFinished(() => orders.stop())
  return orders
}

/** Starts an order service that runs until it is stopped, for several tests. */
export const openOrders = async ({
  level = 'trace',
  env = {},
  broker,
  databaseUrl,
}: OrderOptions = {}): Promise<OpenOrders> => {
  const created = databaseUrl === undefined ? await createServiceDatabase(inject('postgresUrl'), order) : null
  const url = databaseUrl ?? created?.url ?? ''
  const lines: string[] = []
  const service = await startService(order, {
    broker: broker ?? inProcessBroker({ onError: () => undefined }),
    env: { DATABASE_URL: url, PORT: '0', ...env },
    log: pino({ level }, { write: (line: string) => void lines.push(line) }),
  })
  const call = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(service.url + path, init)
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) }
  }
  const post: OrdersByHttp['post'] = (path, body, headers = {}) =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  const place: OrdersByHttp['place'] = (changes = {}) => {
    const key = { 'idempotency-key': randomUUID() }
    return waitFor(async () => {
      const answer = await post('/orders', { ...anOrderRequest, ...changes }, key)
      expect(answer).toMatchObject({ status: 202 })
      return answer.body.id
    })
  }
  const cancel: OrdersByHttp['cancel'] = (id, headers) =>
    waitFor(async () => expect(await post(`/orders/${id}/cancel`, {}, headers)).toMatchObject({ status: 202 }))
  return {
    databaseUrl: url,
    url: service.url,
    get: (path) => call(path, {}),
    post,
    place,
    cancel,
    log: () => lines.join(''),
    stop: async () => {
      await service.stop()
      await created?.drop()
    },
  }
}
