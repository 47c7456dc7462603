/** The definitions limit what one service can use at RabbitMQ: bytes, queues and connections. Here the limits are lower. */
import { randomUUID } from 'node:crypto'
import { createVhost, manage, type Vhost } from '@quadrille/testing'
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import { beforeAll, expect, inject, it, onTestFinished } from 'vitest'
import { memoryStores, until } from '../conformance/index.ts'
import { amqpBroker, definitionsOf, inboxOf, topologyOf, unrouted, withWorkQueues } from '../src/index.ts'
import { choreography } from './choreography.ts'

const services = { ...choreography, reminders: { ...choreography.reminders, essential: false } }
const accountOf = (service: string) => ({ user: `${service}-of-limits`, password: randomUUID() })
const accounts = Object.fromEntries(Object.keys(services).map((name) => [name, accountOf(name)]))

const kilobyte = Buffer.alloc(1_000)
const lowered = new Map([
  ['max-length-bytes', 5 * kilobyte.length],
  ['max-queues', 25],
  ['max-connections', 3],
])

/** RabbitMQ applies only one of the policies that match a queue. */
const policyOfAnOperator = { pattern: '.*', 'apply-to': 'queues', priority: 1, definition: { 'max-length': 1_000_000 } }

let vhost: Vhost
let connection: ChannelModel
let channel: ConfirmChannel

beforeAll(async () => {
  const serverUrl = inject('rabbitmqUrl')
  vhost = await createVhost(serverUrl)
  const definitions = definitionsOf({
    services,
    vhost: vhost.name,
    accountOf: (name) => accounts[name] ?? accountOf(name),
  })
  const lower = (key: string, value: unknown) => lowered.get(key) ?? value
  await manage(serverUrl, 'POST /api/definitions', JSON.stringify(definitions, lower))
  await manage(serverUrl, `PUT /api/policies/${vhost.name}/all`, JSON.stringify(policyOfAnOperator))
  connection = await connect(vhost.url)
  channel = await connection.createConfirmChannel()
  return async () => {
    await connection.close()
    for (const { user } of Object.values(accounts)) await manage(serverUrl, `DELETE /api/users/${user}`)
    await vhost.drop()
  }
})

/** Publishes a kilobyte. True if RabbitMQ has confirmed it, false if it has refused it. */
const publish = (exchange: string, routingKey: string): Promise<boolean> => {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  channel.publish(exchange, routingKey, kilobyte, {}, (error) => resolve(error === null))
  return promise
}

it('unrouted refuses messages when it has too many bytes', async () => {
  await until(() => publish(unrouted, '')).toBe(false)
  expect((await channel.checkQueue(unrouted)).messageCount).toBeLessThan(10)
})

it('the queues of a non-essential service drop their oldest messages when they have too many bytes', async () => {
  const topology = withWorkQueues(topologyOf(services.reminders, services), ['reminders.letter'])
  const broker = amqpBroker(vhost.url, { onError: () => undefined })
  const participant = broker.join(topology, memoryStores())
  await until(() => participant.disconnected()).toBeNull() // it has declared its queues
  await broker.close() // it would take what is in its dead-letter queue
  const { direct, deadLetterQueue } = topology
  for (const queue of [inboxOf('reminders'), 'reminders.letter', deadLetterQueue]) {
    for (let sent = 0; sent < 20; sent += 1) expect(await publish(direct, queue)).toBe(true)
    await until(async () => (await channel.checkQueue(queue)).messageCount).toBeLessThanOrEqual(5)
  }
})

const connectAs = (service: keyof typeof services): Promise<ChannelModel> => {
  const { user: username = '', password = '' } = accounts[service] ?? {}
  return connect(Object.assign(new URL(vhost.url), { username, password }).href)
}

it('RabbitMQ refuses further connections of a service', async () => {
  const connections: ChannelModel[] = []
  onTestFinished(async () => void (await Promise.all(connections.map((each) => each.close()))))
  const openMore = async () => {
    while (connections.length < 20) connections.push(await connectAs('fees'))
  }
  await expect(openMore()).rejects.toThrow('ConnectionClose')
  expect(connections.length).toBeLessThan(10) // RabbitMQ may count a connection a little later
})

it('RabbitMQ refuses further queues', async () => {
  const attacker = await connectAs('stacks')
  onTestFinished(() => attacker.close())
  const declaring = await attacker.createChannel()
  declaring.on('error', () => undefined)
  let declared = 0
  const declareAll = async () => {
    for (; declared < 50; declared += 1) await declaring.assertQueue(`stacks.owner.${randomUUID()}`)
  }
  await expect(declareAll()).rejects.toThrow(/limit/)
  expect(declared).toBeLessThan(25) // there are others
})
