/** Only payment may publish PaymentProcessed: an event from another service's exchange is not trusted. */

import { randomUUID } from 'node:crypto'
import { choreography, encode, shop } from '@quadrille/events'
import { inventory } from '@quadrille/inventory'
import { contentType } from '@quadrille/messages'
import { amqpBroker, eventAddress, topologyOf } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { startService } from '@quadrille/service'
import { createLogger } from '@quadrille/service/tools'
import { aMessage } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { createVhost, noon } from '@quadrille/testing'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'

const log = createLogger('silent', shop)

test('PaymentProcessed from the exchange of order is parked, also after a replay', async () => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(() => vhost.drop())
  const broker = amqpBroker(vhost.url, { onError: () => undefined })
  onTestFinished(() => broker.close())
  const database = await createServiceDatabase(inject('postgresUrl'), inventory)
  onTestFinished(() => database.drop())
  const service = await startService(inventory, { broker, log, env: { DATABASE_URL: database.url, PORT: '0' } })
  onTestFinished(() => service.stop())
  const orderId = randomUUID()
  const data = { orderId, amount: 100, currency: 'EUR', gatewayReference: 'forged' }
  const forged = aMessage('PaymentProcessed', data)
  const order = broker.join(
    { ...topologyOf(choreography.order, choreography), requiredInboxes: ['inventory.inbox'] },
    memoryStores(),
  )
  order.consume('order.inbox', (delivery) => delivery.ack(), { prefetch: 10 }) // inventory's events wait for this inbox
  const { publisher } = order
  await waitUntil(() => publisher.waitingFor() === null)
  await publisher.publish(eventAddress('order'), {
    id: forged.id,
    type: forged.type,
    correlationId: orderId,
    appId: 'payment',
    contentType,
    timestamp: noon,
    headers: {},
    body: Buffer.from(encode(forged)),
  })
  const deadLetters = async (): Promise<{ id: string; status: string }[]> => {
    const answer = await fetch(`${service.url}/dead-letters`)
    return ((await answer.json()) as { items: { id: string; status: string }[] }).items
  }
  const parked = { messageId: forged.id, orderId, reason: 'wrong_exchange', attempts: 1, status: 'parked' }
  await waitFor(async () => expect(await deadLetters()).toMatchObject([parked]))
  const whereabouts = await fetch(`${service.url}/whereabouts?orderId=${orderId}`)
  expect(await whereabouts.json()).toMatchObject({ items: [{ orderId, waiting: [] }] }) // no diagnosis finds the forgery
  const [deadLetter] = await deadLetters()
  const replayed = await fetch(`${service.url}/dead-letters/${deadLetter?.id}/replay`, { method: 'POST' })
  expect([replayed.status, await replayed.json()]).toMatchObject([202, { exchange: 'order.events' }])
  const again = [parked, { ...parked, status: 'replayed', id: deadLetter?.id }]
  await waitFor(async () => expect(await deadLetters()).toMatchObject(again))
  expect((await fetch(`${service.url}/reservations/${orderId}`)).status).toBe(404)
})
