/** Only payment may say that something is paid: by another service's exchange it isn't believed. */
import { randomUUID } from 'node:crypto'
import { choreography, contentType, encode } from '@quadrille/events'
import { inventory } from '@quadrille/inventory'
import { amqpBroker, type Broker, eventAddress, inProcessBroker, topologyOf } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { createLogger, startService } from '@quadrille/service'
import { aMessage, createTestDatabase, createVhost, noon } from '@quadrille/testing'
import { expect, inject, onTestFinished, test, vi } from 'vitest'

const log = createLogger('silent')
const onError = () => undefined

const brokers: Readonly<Record<string, () => Promise<Broker>>> = {
  'in one process': async () => inProcessBroker({ onError }),
  'over RabbitMQ': async () => {
    const vhost = await createVhost(inject('rabbitmqUrl'))
    onTestFinished(() => vhost.drop())
    return amqpBroker(vhost.url, { onError })
  },
}

test.each(Object.entries(brokers))('a payment that order announces is parked, %s', async (_, openBroker) => {
  const broker = await openBroker()
  onTestFinished(() => broker.close())
  const database = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(() => database.drop())
  const service = await startService(inventory, { broker, log, env: { DATABASE_URL: database.url, PORT: '0' } })
  onTestFinished(() => service.stop())
  const orderId = randomUUID()
  const data = { orderId, amount: 100, currency: 'EUR', gatewayReference: 'forged' }
  const forged = aMessage('PaymentProcessed', data)
  const { publisher } = broker.join(
    { ...topologyOf(choreography.order), queues: [], awaits: ['inventory.inbox'] },
    memoryStores(),
  )
  await vi.waitUntil(() => publisher.waitingFor() === null, { timeout: 20_000 })
  await publisher.publish(eventAddress('order'), {
    id: forged.id,
    type: forged.type,
    correlationId: orderId,
    appId: 'payment',
    contentType,
    timestamp: noon,
    headers: {},
    body: encode(forged),
  })
  const letters = async () => (await fetch(`${service.url}/dead-letters`)).json()
  await vi.waitFor(
    async () =>
      expect(await letters()).toMatchObject({
        items: [{ messageId: forged.id, orderId, reason: 'wrong_exchange', attempts: 1 }],
      }),
    { timeout: 20_000 },
  )
  expect((await fetch(`${service.url}/reservations/${orderId}`)).status).toBe(404)
})
