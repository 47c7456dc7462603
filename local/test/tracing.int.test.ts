/** One connected trace per order: from the caller's span over the POST to the last notification. */
import { randomBytes } from 'node:crypto'
import { inventory } from '@quadrille/inventory'
import { amqpBroker, type Broker, inProcessBroker } from '@quadrille/messaging'
import { notification } from '@quadrille/notification'
import { order } from '@quadrille/order'
import { payment } from '@quadrille/payment'
import { createLogger, type RunningService, type ServiceDefinition, startService } from '@quadrille/service'
import { createTestDatabase, createVhost } from '@quadrille/testing'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { forgetful } from './tracing/forgetful-broker.ts'
import { collectSpans, nameOf, treeOf } from './tracing/spans.ts'

const spans = collectSpans()
const log = createLogger('fatal')
const onError = (err: unknown) => log.error({ err }, 'the broker')

const brokers: Readonly<Record<string, () => Promise<Broker>>> = {
  'in one process': async () => inProcessBroker({ onError }),
  'over RabbitMQ': async () => {
    const vhost = await createVhost(inject('rabbitmqUrl'))
    onTestFinished(() => vhost.drop())
    return amqpBroker(vhost.url, { onError })
  },
}

const start = async <State, Config>(
  definition: ServiceDefinition<State, Config>,
  broker: Broker,
): Promise<RunningService> => {
  const database = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(() => database.drop())
  const service = await startService(definition, { broker, log, env: { DATABASE_URL: database.url, PORT: '0' } })
  onTestFinished(() => service.stop())
  return service
}

/** The span of whoever calls us, which isn't exported here. */
const newCaller = () => ({ traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') })
type Caller = ReturnType<typeof newCaller>

const json = { 'content-type': 'application/json' }

const placeOrder = async ({ url }: RunningService, { traceId, spanId }: Caller): Promise<void> => {
  const response = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { ...json, traceparent: `00-${traceId}-${spanId}-01` },
    body: JSON.stringify({
      customer: { id: 'c-1', email: 'ada@example.com' },
      currency: 'EUR',
      lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_500 }],
      payment: { method: 'pm_card_visa' },
    }),
  })
  expect(response.status).toBe(202)
}

const stockUp = async ({ url }: RunningService): Promise<void> => {
  await fetch(`${url}/stock/mug`, { method: 'PUT', headers: json, body: JSON.stringify({ onHand: 10 }) })
}

/** What one fulfilled order has each service do. Webhook and web are skipped, but they take their tasks too. */
const everyone = [
  'POST /orders',
  'order: process OrderSubmitted',
  'payment: process OrderPlaced',
  'inventory: process OrderPlaced',
  'notification: process OrderPlaced',
  ...Array(6).fill('notification: process Notify'),
  ...Array(2).fill('notification: process NotificationDelivered'),
  ...Array(2).fill('order: process NotificationSent'),
  'payment: process Charge',
  'payment: process ChargeSucceeded',
  'order: process PaymentProcessed',
  'inventory: process PaymentProcessed',
  'order: process InventoryReserved',
  'inventory: process OrderFulfilled',
  'notification: process OrderFulfilled',
].toSorted()

const expectOneTree = async (caller: Caller): Promise<void> => {
  const tree = () => treeOf(spans.getFinishedSpans(), caller.traceId)
  await vi.waitFor(() => expect(tree().names).toEqual(everyone), { timeout: 15_000 })
  const { roots, pathTo } = tree()
  expect(roots.map(nameOf)).toEqual(['POST /orders'])
  expect(roots[0]?.parentSpanContext?.spanId).toBe(caller.spanId)
  expect(pathTo('order: process PaymentProcessed')).toEqual([
    'POST /orders',
    'order: process OrderSubmitted',
    'payment: process OrderPlaced',
    'payment: process Charge',
    'payment: process ChargeSucceeded',
    'order: process PaymentProcessed',
  ])
}

test.each(Object.entries(brokers))('an order is one trace, %s', async (_, openBroker) => {
  const broker = await openBroker()
  onTestFinished(() => broker.close())
  const [orders, inventories] = await Promise.all([
    start(order, broker),
    start(inventory, broker),
    start(payment, broker),
    start(notification, broker),
  ])
  await stockUp(inventories)
  const caller = newCaller()
  await placeOrder(orders, caller)
  await expectOneTree(caller)
})

test.each(Object.entries(brokers))('also when its events wait in the outbox, %s', async (_, openBroker) => {
  const broker = await openBroker()
  onTestFinished(() => broker.close())
  const orders = await start(order, broker)
  const caller = newCaller()
  await placeOrder(orders, caller)
  const inventories = await start(inventory, broker)
  await stockUp(inventories) // the order waits until everybody is there
  await Promise.all([start(payment, broker), start(notification, broker)])
  await expectOneTree(caller)
})

test('a trace that is lost on the way is noticed', async () => {
  const broker = forgetful(inProcessBroker({ onError }))
  onTestFinished(() => broker.close())
  const [orders] = await Promise.all([
    start(order, broker),
    start(inventory, broker),
    start(payment, broker),
    start(notification, broker),
  ])
  spans.reset()
  const names = () => spans.getFinishedSpans().map(nameOf)
  const caller = newCaller()
  await placeOrder(orders, caller)
  const told = 'order: process NotificationSent'
  await vi.waitFor(() => expect(names(), told).toContain(told), { timeout: 15_000 })
  expect(treeOf(spans.getFinishedSpans(), caller.traceId).names).toEqual([
    'POST /orders',
    'order: process OrderSubmitted',
  ])
})
