/** The states of an order in every service, from the history that the order service shows. */

import { randomUUID } from 'node:crypto'
import { type ServiceName, serviceNames, shop } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { inProcessBroker } from '@quadrille/messaging'
import type { RunningService } from '@quadrille/service'
import { createLogger } from '@quadrille/service/tools'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'

const log = createLogger('fatal', shop)

const startAll = async () => {
  const broker = inProcessBroker({ onError: (err) => log.error({ err }) })
  onTestFinished(() => broker.close())
  const start = async (name: ServiceName): Promise<[ServiceName, RunningService]> => {
    const database = await createServiceDatabase(inject('postgresUrl'), definitions[name])
    onTestFinished(() => database.drop())
    const env = { DATABASE_URL: database.url, PORT: '0', SEED: 'demo', ORDER_CHECK: 'off' }
    const service = await definitions[name].start({ broker, log, env })
    onTestFinished(() => service.stop())
    return [name, service]
  }
  return Object.fromEntries(await Promise.all(serviceNames.map(start))) as Record<ServiceName, RunningService>
}

/** Posts the body, and again while the answer is 503, as on a busy machine. */
const post = (url: string, body: unknown, expected = 200): Promise<unknown> => {
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() }
  return waitFor(async () => {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
    expect(response.status).toBe(expected)
    return response.json()
  })
}

const anOrder = (sku: string) => ({
  customer: { id: 'ada', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku, quantity: 2, unitPrice: 1_500 }],
  payment: { method: 'pm_card_visa' },
})

interface States {
  readonly items: {
    readonly type: string
    readonly outcome: string
    readonly after: unknown
    readonly tasks: unknown[]
  }[]
  readonly truncated: boolean
}

test('the history of an order leads to its states in each service, without secrets', async () => {
  const services = await startAll()
  const { url } = services.order
  /** `ends`: the last event without which the order is not settled. */
  const statesOf = async (sku: string, ends: string) => {
    const { id } = (await post(`${url}/orders`, anOrder(sku), 202)) as { id: string }
    const events = await waitFor(async () => {
      const { items } = (await (await fetch(`${url}/orders/${id}/events?order=asc`)).json()) as {
        items: { type: string }[]
      }
      expect(items.map(({ type }) => type)).toEqual(expect.arrayContaining(['NotificationSent', ends]))
      return items
    })
    const folded = serviceNames.map(async (name) => [name, await post(`${services[name].adminUrl}/states`, { events })])
    return Object.fromEntries(await Promise.all(folded)) as Record<ServiceName, States>
  }
  const last = ({ items }: States) => items.at(-1)?.after

  const fulfilled = await statesOf('mug', 'OrderFulfilled')
  expect(last(fulfilled.order)).toMatchObject({
    status: 'fulfilled',
    settled: true,
    payment: 'captured',
    lines: [{ sku: 'mug' }],
  })
  expect(last(fulfilled.payment)).toMatchObject({ status: 'captured', captured: 3_000 })
  expect(fulfilled.inventory.items.map(({ type }) => type)).toEqual([
    'OrderPlaced',
    'PaymentProcessed',
    'InventoryReserved',
    'OrderFulfilled',
  ])
  expect(last(fulfilled.inventory)).toMatchObject({ status: 'committed' })
  expect(last(fulfilled.notification)).toEqual({
    notifications: expect.arrayContaining([{ channel: 'email', occasion: 'order_placed', status: expect.any(String) }]),
  })
  expect(last(fulfilled.shipping)).toMatchObject({ parcels: [] })
  expect(fulfilled.payment.items[0]).toMatchObject({
    tasks: [{ type: 'Charge', data: { amount: 3_000, method: '***' } }],
  })

  const rejected = await statesOf('vase', 'PaymentRefunded')
  expect(last(rejected.order)).toMatchObject({
    status: 'cancelled',
    cancellationReason: 'out_of_stock',
    payment: 'refunded',
  })
  expect(last(rejected.payment)).toMatchObject({ status: 'refunded' })
  expect(last(rejected.inventory)).toMatchObject({
    status: 'rejected',
    missing: [{ sku: 'vase', requested: 2, available: 0 }],
  })
  expect(rejected.shipping.items).toEqual([])

  for (const states of [...Object.values(fulfilled), ...Object.values(rejected)]) {
    expect(states.truncated).toBe(false)
    expect(states.items.filter(({ outcome }) => outcome !== 'applied')).toEqual([])
    expect(JSON.stringify(states)).not.toMatch(/ada@example|pm_card/)
  }
  await post(`${url}/states`, { events: [] }, 422)
})
