import { choreography } from '@quadrille/events'
import { amqpBroker, topologyOf, unrouted } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { createVhost, isDeclareOk, proxyTo, withZeroCounts } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { connect } from 'amqplib'
import { expect, inject, onTestFinished, test } from 'vitest'
import { isEmptyQueue, queueDepths } from '../src/index.ts'

const openVhost = async (): Promise<string> => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(() => vhost.drop())
  return vhost.url
}

/** All services, as the broker sees them. */
const startServices = (url: string) => {
  const errors: unknown[] = []
  const broker = amqpBroker(url, { onError: (error) => errors.push(error) })
  onTestFinished(() => broker.close())
  for (const topology of Object.values(choreography).map((model) => topologyOf(model, choreography))) {
    const participant = broker.join(topology, memoryStores())
    for (const { name } of topology.queues) participant.consume(name, (delivery) => delivery.ack(), { prefetch: 1 })
  }
  return { errors, stop: () => broker.close() }
}

/** Queues that are not known to be empty. */
const leftAt = async (url: string) => [...(await queueDepths(url))].filter(([, answer]) => !isEmptyQueue(answer))

const untilEmpty = (url: string) => waitFor(async () => expect(await leftAt(url)).toEqual([]), { interval: 0 })

const loseMessage = async (url: string): Promise<void> => {
  const connection = await connect(url)
  const channel = await connection.createConfirmChannel()
  channel.publish(unrouted, '', Buffer.from('lost'))
  await channel.waitForConfirms()
  await connection.close()
  await waitFor(async () => expect(await leftAt(url)).toEqual([[unrouted, { messages: 1, consumers: 0 }]]), {
    interval: 0,
  })
}

/** A proxy to a broker that reports 0 and 0 for the chosen queues, as for those without a leader. */
const leaderless = async (url: string, isChosen: (declareOk: Buffer) => boolean): Promise<string> => {
  const proxy = await proxyTo(url, (frame) => (isDeclareOk(frame) && isChosen(frame) ? withZeroCounts(frame) : frame))
  onTestFinished(() => proxy.close())
  return proxy.url
}

test('every queue of the choreography is read, and a message in one is found', async () => {
  const url = await openVhost()
  const { errors } = startServices(url)
  await untilEmpty(url)
  expect([...(await queueDepths(url)).keys()]).toEqual(
    expect.arrayContaining([
      'order.inbox',
      'payment.tasks',
      'notification.email.retry.30s',
      'inventory.dead',
      unrouted,
    ]),
  )
  await loseMessage(url)
  expect(errors).toEqual([])
})

test('a queue that is reported as 0 and 0 three times may hold messages', async () => {
  const url = await openVhost()
  startServices(url)
  await untilEmpty(url)
  await loseMessage(url)
  const queues = (await queueDepths(url)).size
  let answers = 0
  const isEarly = () => {
    answers += 1
    return answers <= 3 * queues
  }
  const depths = await queueDepths(await leaderless(url, isEarly))
  expect(depths.get(unrouted)).toEqual({ messages: 1, consumers: 0 })
  expect(depths.get('payment.inbox')).toEqual({ messages: 0, consumers: 1 })
})

test('a queue that is always reported as 0 and 0 is empty only if its service is stopped', async () => {
  const url = await openVhost()
  const { stop } = startServices(url)
  await untilEmpty(url)
  const isOfPayment = (declareOk: Buffer) => declareOk.includes('payment.tasks')
  const look = async () => (await queueDepths(await leaderless(url, isOfPayment))).get('payment.tasks')
  expect(await look()).toEqual({ noAnswer: '0 messages and 0 consumers, but payment consumes its other queues' })
  await stop()
  // The broker confirms that a connection is closed before its queues have removed the consumers.
  await waitFor(async () => expect(await look()).toEqual({ messages: 0, consumers: 0 }))
})

test('a silent broker has a time limit', async () => {
  const url = await openVhost()
  startServices(url)
  await untilEmpty(url)
  const proxy = await proxyTo(url, (frame) => (isDeclareOk(frame) ? null : frame))
  onTestFinished(() => proxy.close())
  await expect(queueDepths(proxy.url, { withinMs: 500 })).rejects.toThrow('has not answered all queries within 0.5 s')
})

test('a broker without any service is reported as such', async () => {
  await expect(queueDepths(await openVhost())).rejects.toThrow(/NOT_FOUND/)
})
