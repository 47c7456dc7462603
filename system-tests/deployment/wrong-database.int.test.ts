/** A service gets the virtual host of instances with another database, such as a copy for a test. */
import { newOrderId, shop } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { amqpBroker } from '@quadrille/messaging'
import { createLogger } from '@quadrille/service/tools'
import { anOrder } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { createVhost } from '@quadrille/testing'
import { expect, inject, onTestFinished, test } from 'vitest'

const log = createLogger('silent', shop)

type Name = 'order' | 'payment'

const newDatabase = async (name: Name): Promise<string> => {
  const { url, drop } = await createServiceDatabase(inject('postgresUrl'), definitions[name])
  onTestFinished(drop)
  return url
}

const newVhost = async (): Promise<string> => {
  const { url, drop } = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(drop)
  return url
}

/** Starts a service with its own connections to RabbitMQ. */
const start = async (name: Name, amqpUrl: string, databaseUrl: string) => {
  const broker = amqpBroker(amqpUrl, { onError: () => undefined })
  const service = await definitions[name].start({ broker, log, env: { DATABASE_URL: databaseUrl, PORT: '0' } })
  const end = async () => {
    await service.stop()
    await broker.close()
  }
  let ending: Promise<void> | undefined
  const stop = () => (ending ??= end())
  onTestFinished(stop)
  return { url: service.url, stop, readiness: async () => (await fetch(`${service.url}/health/ready`)).json() }
}

const post = (url: string, body?: object) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) })

const placeOrder = (url: string) => {
  const { customer, currency, lines } = anOrder()
  return post(`${url}/orders`, { customer, currency, lines, payment: { method: 'pm_card_visa' } })
}

test('a service with another database leaves the queues alone, until it is started after the others', async () => {
  const vhost = await newVhost()
  const [first, second] = [await newDatabase('payment'), await newDatabase('payment')]
  const payment = await start('payment', vhost, first)
  await expect.poll(payment.readiness).toMatchObject({ broker: 'ok' })
  const copy = await start('payment', vhost, second)
  const broker = expect.stringMatching(/^a database other than \d+\.\S+ has the queues of payment: /)
  await expect.poll(copy.readiness).toMatchObject({ status: 'not_ready', broker })
  expect(await payment.readiness()).toMatchObject({ broker: 'ok' })
  for (const { stop } of [payment, copy]) await stop()

  const again = await start('payment', vhost, second)
  await expect.poll(again.readiness).toMatchObject({ broker: 'ok' })
})

test('an order service with another database accepts no orders, because it would not send their events', async () => {
  const vhost = await newVhost()
  const order = await start('order', vhost, await newDatabase('order'))
  await expect.poll(order.readiness).toMatchObject({ broker: 'ok' })
  const copy = await start('order', vhost, await newDatabase('order'))
  await expect.poll(copy.readiness).toMatchObject({ status: 'not_ready', postgres: 'ok' })
  const refused = { status: 503, detail: expect.stringContaining('refuses this instance') }
  expect(await (await placeOrder(copy.url)).json()).toMatchObject(refused)
  expect(await (await post(`${copy.url}/orders/${newOrderId()}/cancel`)).json()).toMatchObject(refused)
  expect((await fetch(`${copy.url}/orders`)).status).toBe(200)
  await expect.poll(async () => (await placeOrder(order.url)).status).toBe(202)
})
