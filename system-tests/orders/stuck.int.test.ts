/** Orders that are stuck for different reasons, and their diagnoses in `GET /orders?stuck=true`. */

import { randomUUID } from 'node:crypto'
import { type ServiceName, serviceNames, shop } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { amqpBroker, type Broker, inProcessBroker } from '@quadrille/messaging'
import { openDatabase } from '@quadrille/postgres'
import type { RunningService } from '@quadrille/service'
import { createLogger } from '@quadrille/service/tools'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { createVhost, type TestDatabase } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'

const log = createLogger('fatal', shop)
const onError = (err: unknown) => log.error({ err }, 'the broker')

const inOneProcess = async (): Promise<Broker> => inProcessBroker({ onError })
const overRabbitMq = async (): Promise<Broker> => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(() => vhost.drop())
  return amqpBroker(vhost.url, { onError })
}

interface Shop {
  /** Starts a service on its own database. */
  readonly start: (
    name: ServiceName,
    env?: Record<string, string>,
  ) => Promise<RunningService & { readonly database: TestDatabase }>
}

const openShop = async (makeBroker: () => Promise<Broker>): Promise<Shop> => {
  const broker = await makeBroker()
  onTestFinished(() => broker.close())
  return {
    start: async (name, env = {}) => {
      const database = await createServiceDatabase(inject('postgresUrl'), definitions[name])
      onTestFinished(() => database.drop())
      const service = await definitions[name].start({
        broker,
        log,
        env: { DATABASE_URL: database.url, PORT: '0', ORDER_CHECK: 'off', ...env }, // inventory has no stock
      })
      let stopping: Promise<void> | undefined
      const stop = () => {
        stopping ??= service.stop()
        return stopping
      }
      onTestFinished(stop)
      return { ...service, stop, database }
    },
  }
}

const json = { 'content-type': 'application/json' }

const place = async (url: string, method = 'pm_card_visa'): Promise<string> => {
  const request = {
    method: 'POST',
    headers: { ...json, 'idempotency-key': randomUUID() },
    body: JSON.stringify({
      customer: { id: 'ada', email: 'ada@example.com' },
      currency: 'EUR',
      lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_500 }],
      payment: { method },
    }),
  }
  return waitFor(async () => {
    const response = await fetch(`${url}/orders`, request)
    expect(response.status).toBe(202) // 503 on a busy machine
    return ((await response.json()) as { id: string }).id
  })
}

interface Diagnosed {
  readonly id: string
  readonly diagnoses: readonly { readonly owedBy: string; readonly where: Readonly<Record<string, unknown>> }[]
}

/** Waits until this order is stuck, with this diagnosis only. */
const expectStuck = async (url: string, id: string, first: object): Promise<void> => {
  await waitFor(async () => {
    const response = await fetch(`${url}/orders?stuck=true`)
    const { items } = (await response.json()) as { items: Diagnosed[] }
    expect(items.filter((order) => order.id === id)).toMatchObject([{ id, settled: false, diagnoses: [first] }])
  })
}

const diagnosis = async (url: string, id: string) => (await fetch(`${url}/orders/${id}/diagnosis`)).json()

/** Every open order counts as stuck at once, and other services cannot be queried. */
const impatient = { STUCK_AFTER: '0s', PAYMENT_URL: 'http://127.0.0.1:9', INVENTORY_URL: 'http://127.0.0.1:9' }

/** `env`: variables of the payment service. */
const startAll = async (shop: Shop, env: Record<string, string> = {}) => {
  const others = serviceNames.filter((name) => !['order', 'payment', 'inventory'].includes(name))
  const [payment, inventory] = await Promise.all([
    shop.start('payment', env),
    shop.start('inventory'),
    ...others.map((name) => shop.start(name)),
  ])
  const urls = { ...impatient, PAYMENT_URL: payment.url, INVENTORY_URL: inventory.url }
  return { payment, order: await shop.start('order', urls) }
}

test('an event waits in the outbox because the inbox of its consumer is missing', async () => {
  const shop = await openShop(overRabbitMq)
  const { url } = await shop.start('order', impatient)
  await expectStuck(url, await place(url), {
    owedBy: 'payment',
    missing: ['PaymentProcessed', 'PaymentDeclined'],
    where: { service: 'order', place: 'outbox', type: 'OrderPlaced' },
  })
})

/** The reaction of payment to any further order fails. */
const breakPayment = async ({ database: { url } }: { readonly database: TestDatabase }): Promise<void> => {
  const sql = openDatabase({ url, applicationName: 'test', onIdleError: onError })
  await sql.query('alter table payment add constraint broken check (amount < 0) not valid')
  await sql.end()
}

const failedReaction = (place: 'retry' | 'dead_letter') => ({
  owedBy: 'payment',
  where: {
    ...{ service: 'payment', place, type: 'OrderPlaced', queue: 'payment.inbox' },
    error: expect.stringContaining('violates check constraint'),
  },
})

test('a settled order is not stuck, and one whose reaction fails and is retried is', async () => {
  const { payment, order } = await startAll(await openShop(inOneProcess))
  const { url } = order
  const settled = await place(url)
  await waitFor(async () => {
    const shown = await fetch(`${url}/orders/${settled}`)
    expect(await shown.json()).toMatchObject({ settled: true })
  })
  const stuck: unknown = await (await fetch(`${url}/orders?stuck=true`)).json()
  expect(stuck).toEqual({ items: [], nextCursor: null, stuckAfterMs: 0 })
  expect(await diagnosis(url, settled)).toEqual({ items: [] })

  await breakPayment(payment)
  await expectStuck(url, await place(url), failedReaction('retry'))
})

test('a reaction fails permanently', async () => {
  const { payment, order } = await startAll(await openShop(inOneProcess), { RETRY_ATTEMPTS: '1' })
  await breakPayment(payment)
  await expectStuck(order.url, await place(order.url), failedReaction('dead_letter'))
})

test('the gateway is down, over RabbitMQ, and then payment itself is stopped', async () => {
  const { payment, order } = await startAll(await openShop(overRabbitMq))
  const { url } = order
  const charging = await place(url, 'pm_sim_down')
  const retried = {
    service: 'payment',
    place: 'retry',
    type: 'Charge',
    queue: 'payment.tasks',
    error: expect.any(String),
  }
  await expectStuck(url, charging, { owedBy: 'payment', where: retried })
  expect(await diagnosis(url, charging)).toMatchObject({ items: [{ owedBy: 'payment', where: retried }] })

  await payment.stop()
  const unanswered = { service: 'payment', place: 'unknown', error: expect.stringContaining('ECONNREFUSED') }
  const placed = await place(url)
  await expectStuck(url, placed, { owedBy: 'payment', where: unanswered })
  expect(await diagnosis(url, placed)).toMatchObject({ items: [{ owedBy: 'payment', where: unanswered }] })
})
