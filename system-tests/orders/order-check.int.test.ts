/** The order service asks the inventory service before it accepts an order, on each broker, while instances start and stop. */
import { definitions } from '@quadrille/local/definitions'
import { amqpBroker, inProcessBroker } from '@quadrille/messaging'
import { createTestDatabase, createVhost } from '@quadrille/testing'
import { pino } from 'pino'
import { expect, inject, onTestFinished, test, vi } from 'vitest'

const log = pino({ level: 'silent' })
const onError = () => undefined

const brokers = {
  'in one process': async () => inProcessBroker({ onError }),
  'over RabbitMQ': async () => {
    const vhost = await createVhost(inject('rabbitmqUrl'))
    onTestFinished(() => vhost.drop())
    return amqpBroker(vhost.url, { onError })
  },
}

const postTo = async (url: string, sku: string): Promise<number> => {
  const order = {
    customer: { id: 'ada', email: 'ada@example.com' },
    currency: 'EUR',
    lines: [{ sku, quantity: 1, unitPrice: 1_500 }],
    payment: { method: 'pm_card_visa' },
  }
  const headers = { 'content-type': 'application/json' }
  return (await fetch(`${url}/orders`, { method: 'POST', headers, body: JSON.stringify(order) })).status
}

test.each(Object.entries(brokers))('an unknown SKU is rejected while inventory answers, %s', async (_, openBroker) => {
  const broker = await openBroker()
  onTestFinished(() => broker.close())
  const start = async (name: 'order' | 'inventory') => {
    const { url, drop } = await createTestDatabase(inject('postgresUrl'))
    const service = await definitions[name].start({ broker, log, env: { DATABASE_URL: url, PORT: '0', SEED: 'demo' } })
    const stop = async () => {
      await service.stop()
      await drop()
    }
    return { url: service.url, stop }
  }
  const order = await start('order')
  onTestFinished(order.stop)
  const post = (sku: string) => postTo(order.url, sku)
  expect(await post('no-mug'), 'before inventory has ever run').toBe(202)

  const first = await start('inventory')
  await vi.waitFor(async () => expect(await post('no-mug')).toBe(422), { timeout: 20_000 })
  expect(await post('mug')).toBe(202)

  await first.stop()
  const stoppedAtMs = performance.now()
  expect([await post('no-mug'), await post('tea')], 'while inventory is stopped').toEqual([202, 202])
  expect(performance.now() - stoppedAtMs).toBeLessThan(2_000)

  const second = await start('inventory')
  onTestFinished(second.stop)
  await vi.waitFor(async () => expect(await post('no-mug')).toBe(422), { timeout: 20_000 })
  expect(await post('mug')).toBe(202)
})
