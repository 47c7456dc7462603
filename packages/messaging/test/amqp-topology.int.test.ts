/** RabbitMQ's handling of messages that no consumer settles, as defined by the arguments of exchanges and queues. */
import type { GetMessage } from 'amqplib'
import { describe, expect, it } from 'vitest'
import {
  ackAll,
  aPair,
  aService,
  connected,
  harnessOf,
  observe,
  on,
  outbox,
  unique,
  until,
} from '../conformance/index.ts'
import { amqpBroker, directExchange, inboxOf } from '../src/index.ts'
import { useRabbitMq } from './use-rabbitmq.ts'

const rabbit = useRabbitMq()

const onRabbitMq = async () => harnessOf(amqpBroker(rabbit.vhost.url, { onError: () => undefined, reconnectMaxMs: 0 }))

/** Gets the next message of a queue, unacknowledged. */
const get = async (queue: string): Promise<GetMessage> => {
  let message: GetMessage | false = false
  await expect.poll(async () => (message = await rabbit.channel.get(queue)), { interval: 5 }).not.toBe(false)
  return message || expect.fail(`${queue} is empty`)
}

describe('the topology', () => {
  it(
    'catches a message that returns from a retry queue to a missing queue',
    on(onRabbitMq, async (harness) => {
      const name = unique('gone')
      const leaving = await connected(harness, aService(name))
      await leaving.leave()
      await rabbit.channel.deleteQueue(inboxOf(name))
      const retryQueue = `${name}.inbox.retry.1s`
      rabbit.channel.publish(directExchange(name), retryQueue, Buffer.from(''), { messageId: 'm1', mandatory: true })
      const caught = await get('unrouted')
      expect(caught.properties.messageId).toBe('m1')
      rabbit.channel.ack(caught)
    }),
  )

  it(
    'leaves no header of the broker on a retried message',
    on(onRabbitMq, async (harness) => {
      const name = unique('trying')
      const trying = harness.join(aService(name))
      await outbox(trying.publisher, { exchange: directExchange(name), routingKey: inboxOf(name) }, ['m1'])
      const { deliveries } = observe(trying, inboxOf(name), {
        handle: (delivery) => delivery.attempts < 1 && delivery.retry({ error: new Error('not yet'), delayMs: 0 }),
      })
      await until(() => deliveries.length).toBe(2)
      deliveries[1]?.retry({ error: new Error('not yet'), delayMs: 30_000 }) // so that it is still there when it is read
      const waiting = await get(`${name}.inbox.retry.30s`)
      const { 'x-delivery-count': _, ...headers } = waiting.properties.headers ?? {} // RabbitMQ 3 counts this delivery
      expect(Object.keys(headers).toSorted()).toEqual([
        'x-attempts',
        'x-error',
        'x-first-failed-at',
        'x-original-exchange',
      ])
    }),
  )

  it(
    'delivers nothing to a consumer that is stopped while it opens its channel',
    on(onRabbitMq, async (harness) => {
      const { publisher: from, consumer: to, inbox, events } = aPair()
      const consuming = await connected(harness, to)
      await outbox(harness.join(from).publisher, events, ['m1'])
      const stopped = observe(consuming, inbox)
      await stopped.consumer.stop()
      const staying = observe(consuming, inbox, { handle: ackAll })
      await until(staying.ids).toEqual(['m1'])
      expect(stopped.ids()).toEqual([])
    }),
  )

  it(
    'declares and consumes a deleted queue again',
    on(onRabbitMq, async (harness) => {
      const { publisher: from, consumer: to, inbox, events } = aPair()
      const consuming = harness.join(to)
      const { ids: arrived } = observe(consuming, inbox, { handle: ackAll })
      const { publisher } = harness.join(from)
      await outbox(publisher, events, ['before'])
      await until(arrived).toEqual(['before'])
      // While a connection still declares the queue, RabbitMQ may create it again without notifying the old consumer.
      await until(() => consuming.disconnected()).toBeNull()
      await rabbit.channel.deleteQueue(inbox)
      await expect
        .poll(async () => {
          await outbox(publisher, events, ['after']).catch(() => undefined) // until it is bound again
          return arrived().at(-1)
        })
        .toBe('after')
    }),
  )

  it(
    'treats an inbox that is not bound to the publisher as missing',
    on(onRabbitMq, async (harness) => {
      const { publisher: from, consumer: to, inbox } = aPair()
      const older = harness.join({ ...to, queues: [{ name: inbox, exchanges: [] }] }) // a version that does not consume this
      const waiting = harness.join(from)
      await until(() => [older.disconnected(), waiting.disconnected()]).toEqual([null, null])
      const other = aPair()
      const proof = harness.join(other.publisher)
      harness.join(other.consumer)
      await until(() => proof.publisher.waitingFor()).toBeNull() // by now the other one has checked too
      expect(waiting.publisher.waitingFor()).toContain(inbox)
      harness.join(to)
      await until(() => waiting.publisher.waitingFor()).toBeNull()
    }),
  )
})
