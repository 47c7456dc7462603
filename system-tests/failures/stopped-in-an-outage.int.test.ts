/** A service process that is stopped ends in time, even if its mail server, Postgres and RabbitMQ do not answer. */

import { createServer } from 'node:net'
import { choreography } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { amqpBroker, eventAddress, topologyOf, type WireMessage } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { aMessage, aPlacedOrder, type ServiceProcess, startServiceProcess, toWire } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { createVhost, proxyTo } from '@quadrille/testing'
import { waitUntil } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'

/** A mail server that accepts connections and never answers, with a promise for the first connection. */
const silentMailServer = async () => {
  const { promise: connected, resolve: onConnection } = Promise.withResolvers<void>()
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    onConnection()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  return { connected, url: `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` }
}

const proxied = async (url: string) => {
  const proxy = await proxyTo(url)
  onTestFinished(() => proxy.close())
  return proxy
}

/** The database of the service behind a proxy. */
const proxiedDatabase = async () => {
  const database = await createServiceDatabase(inject('postgresUrl'), definitions.notification)
  onTestFinished(() => database.drop())
  return proxied(database.url)
}

/** Joins RabbitMQ as the order service. Resolves when it may publish to the notification service. */
const orderPublisher = async (amqpUrl: string) => {
  const broker = amqpBroker(amqpUrl, { onError: () => undefined })
  onTestFinished(() => broker.close())
  const requiredInboxes = ['notification.inbox']
  const { publisher } = broker.join(
    { ...topologyOf(choreography.order, choreography), requiredInboxes },
    memoryStores(),
  )
  await waitUntil(() => publisher.waitingFor() === null)
  return (message: WireMessage) => publisher.publish(eventAddress('order'), message)
}

/** An event for which the notification service sends an email. */
const anEvent = () => toWire(aMessage('OrderPlaced', aPlacedOrder()))

/** It becomes a dead letter. It is about no order, so that only its dead letter is stored. */
const unreadable = () => ({ ...anEvent(), correlationId: '', body: Buffer.from('not JSON') })

const hasSettledOne = async ({ url }: ServiceProcess) => {
  const metrics = await fetch(`${url}/metrics`)
  return /^quadrille_deliveries_handled_total\{queue="notification.inbox".*\} 1$/m.test(await metrics.text())
}

const situations = [
  'an email is being sent and Postgres is down',
  'an email is being sent and neither Postgres nor RabbitMQ answers',
  'a dead letter is being stored and Postgres does not answer',
] as const

test.each(situations)('a service that is stopped while %s exits with 0', async (situation) => {
  const [mailServer, database] = [await silentMailServer(), await proxiedDatabase()]
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(() => vhost.drop())
  const rabbitmq = await proxied(vhost.url)
  const service = await startServiceProcess('notification', {
    DATABASE_URL: database.url,
    AMQP_URL: rabbitmq.url,
    SMTP_URL: mailServer.url,
  })
  onTestFinished(async () => void (await service.end('SIGKILL')))
  const publish = await orderPublisher(vhost.url)
  switch (situation) {
    case 'an email is being sent and Postgres is down':
      await publish(anEvent())
      await mailServer.connected
      database.refuse()
      break
    case 'an email is being sent and neither Postgres nor RabbitMQ answers':
      await publish(anEvent())
      await mailServer.connected
      database.hold('to the server')
      rabbitmq.hold('to the server')
      break
    case 'a dead letter is being stored and Postgres does not answer':
      database.hold('to the server')
      await publish(unreadable())
      await waitUntil(() => hasSettledOne(service))
  }
  expect(await service.end()).toBe(0) // it would be 1 after 10 s
})
