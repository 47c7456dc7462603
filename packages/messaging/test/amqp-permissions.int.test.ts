/** Each service has a user at RabbitMQ that can do what the service must, and nothing else. */
import { randomUUID } from 'node:crypto'
import { choreography, consumersOf, type ServiceModel } from '@quadrille/events'
import { createVhost, manage, type Vhost } from '@quadrille/testing'
import { type Channel, type ChannelModel, connect } from 'amqplib'
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { memoryStores, observe, outbox, sorted, until } from '../conformance/index.ts'
import {
  amqpBroker,
  definitionsOf,
  directExchange,
  eventAddress,
  eventsExchange,
  inboxOf,
  topologyOf,
  unrouted,
} from '../src/index.ts'

const services: readonly ServiceModel[] = Object.values(choreography)
const password = randomUUID()
const accountOf = (service: string) => ({ user: `${service}-${password}`, password })

let vhost: Vhost
const urlOf = (service: string): string => {
  const { user: username } = accountOf(service)
  return Object.assign(new URL(vhost.url), { username, password }).href
}

beforeAll(async () => {
  const serverUrl = inject('rabbitmqUrl')
  vhost = await createVhost(serverUrl)
  await manage(serverUrl, 'POST /api/definitions', definitionsOf({ vhost: vhost.name, accountOf }))
  return async () => {
    for (const { name } of services) await manage(serverUrl, `DELETE /api/users/${accountOf(name).user}`)
    await vhost.drop()
  }
})

const start = ({ name }: ServiceModel) => {
  const errors: unknown[] = []
  const broker = amqpBroker(urlOf(name), { onError: (error) => errors.push(error) })
  const stores = memoryStores()
  const participant = broker.join(topologyOf(choreography[name as keyof typeof choreography]), stores)
  const { deliveries } = observe(participant, inboxOf(name), {
    handle: (delivery) =>
      delivery.attempts === 0 ? delivery.retry({ error: new Error('not yet'), delayMs: 0 }) : delivery.ack(),
  })
  return { name, broker, participant, deliveries, errors }
}

it('is all that they need to listen, publish and try again', async () => {
  const started = services.map(start)
  onTestFinished(async () => void (await Promise.all(started.map(({ broker }) => broker.close()))))
  await until(() => started.map(({ participant }) => participant.disconnected())).toEqual(started.map(() => null))
  await Promise.all(started.map(({ name, participant }) => outbox(participant.publisher, eventAddress(name), [name])))
  for (const { name, deliveries } of started) {
    const sources = services.filter((source) => consumersOf(source).some((consumer) => consumer.name === name))
    const done = () => sorted(deliveries.filter(({ attempts }) => attempts === 1).map(({ message }) => message.id))
    await until(done).toEqual(sorted(sources.map((source) => source.name)))
  }
  expect(started.flatMap(({ errors }) => errors)).toEqual([])
})

it('are bounded in their connections', async () => {
  const connections: ChannelModel[] = []
  onTestFinished(async () => void (await Promise.all(connections.map((connection) => connection.close()))))
  const openMore = async () => {
    while (connections.length < 200) connections.push(await connect(urlOf('inventory')))
  }
  await expect(openMore()).rejects.toThrow('ConnectionClose')
  expect(connections.length).toBeLessThanOrEqual(100)
})

it('what breaks its consumer even as a dead letter comes to rest in unrouted', async () => {
  const { dead, direct } = topologyOf(choreography.payment)
  const { broker, participant } = start(choreography.payment)
  await until(() => participant.disconnected()).toBeNull()
  await broker.close() // all is declared now
  const connection = await connect(vhost.url)
  onTestFinished(() => connection.close())
  const channel = await connection.createChannel()
  let deliveries = 0
  await channel.consume(dead, (delivered) => {
    deliveries += 1
    if (delivered) channel.nack(delivered) // as if it had died
  })
  channel.publish(direct, dead, Buffer.from('deadly'), { messageId: 'deadly' })
  await until(async () => (await channel.checkQueue(unrouted)).messageCount).toBe(1)
  expect(deliveries).toBe(101)
  expect(await channel.get(unrouted)).toMatchObject({
    properties: { messageId: 'deadly', headers: { 'x-first-death-queue': dead } },
  })
})

describe('payment', () => {
  const forbidden: Record<string, (channel: Channel) => Promise<unknown>> = {
    'publish an event of order': async (channel) => {
      channel.publish(eventsExchange('order'), '', Buffer.from('forged'))
      await channel.checkExchange(eventsExchange('order')) // answered after the publish was refused
    },
    'send inventory a task': async (channel) => {
      channel.publish(directExchange('inventory'), inboxOf('inventory'), Buffer.from('forged'))
      await channel.checkExchange(directExchange('inventory'))
    },
    'write past all exchanges into the inbox of inventory': async (channel) => {
      channel.sendToQueue(inboxOf('inventory'), Buffer.from('forged'))
      await channel.checkQueue(inboxOf('inventory'))
    },
    'consume the inbox of inventory': (channel) => channel.consume(inboxOf('inventory'), () => undefined),
    'look into the inbox of inventory': (channel) => channel.get(inboxOf('inventory')),
    'purge the inbox of inventory': (channel) => channel.purgeQueue(inboxOf('inventory')),
    'delete the inbox of inventory': (channel) => channel.deleteQueue(inboxOf('inventory')),
    'unbind the inbox of inventory': (channel) =>
      channel.unbindQueue(inboxOf('inventory'), eventsExchange('order'), ''),
    'look into unrouted': (channel) => channel.get(unrouted),
    'listen to an exchange that it does not consume': (channel) =>
      channel.bindQueue(inboxOf('payment'), eventsExchange('notification'), ''),
    'make a queue of another name': (channel) => channel.assertQueue('payment.inbox.copy'),
    'make a queue of a name of the broker': (channel) => channel.assertQueue(''),
  }

  it.each(Object.entries(forbidden))('may not %s', async (_, attempt) => {
    const connection = await connect(urlOf('payment'))
    onTestFinished(() => connection.close())
    const channel = await connection.createChannel()
    const refused = new Promise<unknown>((resolve) => channel.on('error', resolve))
    await attempt(channel).catch(() => undefined) // the channel is told why
    expect(await refused).toMatchObject({ code: 403 })
  })
})
