/** A consumer that RabbitMQ has forgotten without a word: its queue was deleted, and nobody told it. */
import { createVhost, type Vhost } from '@quadrille/testing'
import { type ChannelModel, connect } from 'amqplib'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import {
  ackAll,
  aService,
  connected,
  type Harness,
  harnessOf,
  observe,
  outbox,
  unique,
  until,
} from '../src/conformance/index.ts'
import { amqpBroker, directExchange, inboxOf } from '../src/index.ts'
import { type ForgetfulProxy, forgetfulProxy } from './forgetful-proxy.ts'

let vhost: Vhost
let proxy: ForgetfulProxy
let connection: ChannelModel
let harness: Harness
let problems: string[]

beforeAll(async () => {
  vhost = await createVhost(inject('rabbitmqUrl'))
  proxy = await forgetfulProxy(vhost.url)
  connection = await connect(vhost.url)
})

afterAll(async () => {
  await connection.close()
  await proxy.close()
  await vhost.drop()
})

beforeEach(() => {
  problems = []
  harness = harnessOf(amqpBroker(proxy.url, { onError: (error) => problems.push(String(error)), reconnectMaxMs: 200 }))
})

afterEach(() => harness.close())

const deleteQueue = async (queue: string): Promise<void> => {
  const channel = await connection.createChannel()
  await channel.deleteQueue(queue)
  await channel.close()
}

/** Two queues that are consumed, and a way to send to each. */
const start = async () => {
  const name = unique('forgotten')
  const [queue, other] = [inboxOf(name), `${name}.work`]
  const service = aService(name, { work: [other] })
  const participant = await connected(harness, service)
  const [forgotten, neighbour] = [queue, other].map((each) => observe(participant, each, { handle: ackAll }))
  if (!forgotten || !neighbour) return expect.fail('there are two')
  const send = (to: string, id: string) =>
    outbox(participant.publisher, { exchange: directExchange(name), routingKey: to }, [id])
  await until(() => forgotten.consumer.depth()).toEqual({ messages: 0, consumers: 1 })
  return { service, queue, other, send, forgotten, neighbour }
}

it('connects anew when messages wait and nobody consumes them', async () => {
  const { service, queue, send, forgotten } = await start()
  const before = proxy.swallowed()
  await deleteQueue(queue)
  await until(() => proxy.swallowed()).toBe(before + 1)
  await connected(harness, service) // another instance declares it anew
  expect(await forgotten.consumer.depth()).toBeNull() // RabbitMQ says 0 and 0, as it does of a queue without a leader
  await send(queue, 'm1')
  await until(() => forgotten.consumer.depth()).toEqual({ messages: 1, consumers: 0 })
  expect(forgotten.ids()).toEqual([])
  await until(async () => [(await forgotten.consumer.depth())?.consumers, ...forgotten.ids()]).toEqual([1, 'm1'])
  expect(problems).toEqual([`Error: RabbitMQ has forgotten the consumer of ${queue}`])
})

it('connects anew when the queue stays away, and holds up no other consumer while it looks for it', async () => {
  const { queue, other, send, forgotten, neighbour } = await start()
  await deleteQueue(queue)
  const looks = ['m1', 'm2', 'm3'].map(async (id) => {
    expect(await forgotten.consumer.depth()).toBeNull()
    await send(other, id)
  })
  await Promise.all(looks)
  await until(neighbour.ids).toEqual(['m1', 'm2', 'm3'])
  expect(problems).toEqual([])
  await until(async () => (await forgotten.consumer.depth())?.consumers).toBe(1)
  await send(queue, 'm4')
  await until(forgotten.ids).toEqual(['m4'])
  expect(problems).toEqual([`Error: RabbitMQ has forgotten the consumer of ${queue}`])
})
