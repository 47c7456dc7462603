/** Rare behaviour of RabbitMQ: it forgets a consumer, and reports 0 and 0 for a queue without a leader. */
import {
  createVhost,
  isCancel,
  isDeclareOk,
  proxyTo,
  type UrlProxy,
  type Vhost,
  withZeroCounts,
} from '@quadrille/testing'
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
} from '../conformance/index.ts'
import { amqpBroker, directExchange, inboxOf } from '../src/index.ts'

let vhost: Vhost
let proxy: UrlProxy
let swallowed = 0
let isLeaderless = false
let connection: ChannelModel
let harness: Harness
let problems: string[]

beforeAll(async () => {
  vhost = await createVhost(inject('rabbitmqUrl'))
  proxy = await proxyTo(vhost.url, (frame) => {
    if (isLeaderless && isDeclareOk(frame)) return withZeroCounts(frame)
    if (!isCancel(frame)) return frame
    swallowed += 1
    return null
  })
  connection = await connect(vhost.url)
})

afterAll(async () => {
  await connection.close()
  await proxy.close()
  await vhost.drop()
})

beforeEach(() => {
  problems = []
  isLeaderless = false
  harness = harnessOf(amqpBroker(proxy.url, { onError: (error) => problems.push(String(error)), reconnectMaxMs: 200 }))
})

afterEach(() => harness.close())

const deleteQueue = async (queue: string): Promise<void> => {
  const channel = await connection.createChannel()
  await channel.deleteQueue(queue)
  await channel.close()
}

/** Two consumed queues, and a way to send to each. */
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

it('reconnects when messages wait, whether or not others consume the queue', async () => {
  const { service, queue, send, forgotten } = await start()
  const before = swallowed
  await deleteQueue(queue)
  await until(() => swallowed).toBe(before + 1)
  const busy = observe(await connected(harness, service), queue, { prefetch: 1, handle: () => undefined })
  await send(queue, 'm1')
  await until(busy.ids).toEqual(['m1'])
  await send(queue, 'm2')
  await until(forgotten.ids).toEqual(['m2'])
  expect(problems).toEqual([`Error: RabbitMQ has forgotten the consumer of ${queue}`])
  await until(() => forgotten.consumer.depth()).toEqual({ messages: 0, consumers: 2 })
})

it('reconnects when the queue stays missing, and does not block another consumer meanwhile', async () => {
  const { queue, other, send, forgotten, neighbour } = await start()
  await deleteQueue(queue)
  await until(() => forgotten.consumer.depth()).toBeNull()
  for (const id of ['m1', 'm2', 'm3']) await send(other, id)
  await until(neighbour.ids).toEqual(['m1', 'm2', 'm3'])
  await until(async () => (await forgotten.consumer.depth())?.consumers).toBe(1)
  await send(queue, 'm4')
  await until(forgotten.ids).toEqual(['m4'])
  expect(problems).toEqual([`Error: RabbitMQ has forgotten the consumer of ${queue}`])
})

it("has not caught up while RabbitMQ does not report the queue's depth", async () => {
  const { service, queue, send, forgotten } = await start()
  await forgotten.consumer.stop()
  await send(queue, 'm1')
  isLeaderless = true
  const { consumer, ids, deliveries } = observe(await connected(harness, service), queue)
  await until(ids).toEqual(['m1'])
  isLeaderless = false
  await until(() => consumer.depth()).toEqual({ messages: 0, consumers: 1 })
  expect(consumer.caughtUp()).toBe(false)
  deliveries[0]?.ack()
  await until(() => consumer.caughtUp()).toBe(true)
})
