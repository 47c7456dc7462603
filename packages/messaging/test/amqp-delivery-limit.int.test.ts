/** The handling of dead letters of RabbitMQ itself, and of other messages in the dead-letter queue. */
import type { ConsumeMessage } from 'amqplib'
import { describe, expect, it } from 'vitest'
import {
  aService,
  type Harness,
  harnessOf,
  ids,
  observe,
  on,
  outbox,
  sorted,
  unique,
  until,
} from '../conformance/index.ts'
import { amqpBroker, type Delivery, directExchange, inboxOf, type ServiceTopology } from '../src/index.ts'
import { useRabbitMq } from './use-rabbitmq.ts'

const rabbit = useRabbitMq()

const onRabbitMq = async () => harnessOf(amqpBroker(rabbit.vhost.url, { onError: () => undefined }))

const deadLettersOf = (harness: Harness, service: ServiceTopology) => [
  ...harness.stores(service).deadLetters.stored.values(),
]

/** A service, one instance of it, and a way to put messages into its inbox. */
const aReceiver = (harness: Harness) => {
  const service = aService(unique('receiver'))
  const inbox = inboxOf(service.service)
  const participant = harness.join(service)
  const address = { exchange: directExchange(service.service), routingKey: inbox }
  return {
    service,
    inbox,
    participant,
    send: (sent: readonly string[]) => outbox(participant.publisher, address, sent),
  }
}

/** Requeues every message of a queue repeatedly, like a crashing consumer, until one matches `ends`. */
const dieOfAll = async (queue: string, ends: (delivered: ConsumeMessage) => boolean): Promise<void> => {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const { consumerTag } = await rabbit.channel.consume(queue, (delivered) => {
    if (delivered && ends(delivered)) resolve()
    if (delivered) rabbit.channel.nack(delivered)
  })
  await over
  await rabbit.channel.cancel(consumerTag)
}

const isMarked = ({ properties }: ConsumeMessage): boolean => properties.headers?.['x-limit-reached'] === true

describe('a message that has reached the delivery limit', () => {
  it(
    'is returned to its queue once, with its number of crashes, as are the others in the prefetch',
    on(onRabbitMq, async (harness) => {
      const { inbox, participant, send } = aReceiver(harness)
      await send(ids(3))
      const returned = new Set<string>()
      await dieOfAll(inbox, (delivered) => {
        if (isMarked(delivered)) returned.add(delivered.properties.messageId)
        return returned.size === 3
      })
      const { deliveries, ids: arrived } = observe(participant, inbox)
      await until(() => sorted(arrived())).toEqual(ids(3))
      for (const { crashes, attempts, message } of deliveries) {
        expect(crashes).toBeGreaterThan(100)
        expect([attempts, message.headers]).toEqual([0, {}])
      }
    }),
  )

  it(
    'is parked when it reaches the limit again, with its earlier failures, and without the others',
    on(onRabbitMq, async (harness) => {
      const { service, inbox, send } = aReceiver(harness)
      const failOnce = (delivery: Delivery) => {
        if (delivery.attempts === 0) delivery.retry({ error: new Error('not yet'), delayMs: 0 })
      }
      const leaving = harness.join(service)
      const failing = observe(leaving, inbox, { handle: failOnce })
      await send(ids(3))
      const failed = () => failing.deliveries.filter(({ attempts }) => attempts === 1).map(({ message }) => message.id)
      await until(() => sorted([...new Set(failed())])).toEqual(ids(3))
      await leaving.leave()
      const survived = new Set<string>()
      await rabbit.channel.consume(inbox, (delivered) => {
        if (!delivered) return
        const { messageId } = delivered.properties
        if (messageId === 'm2' || !isMarked(delivered)) rabbit.channel.nack(delivered)
        else {
          survived.add(messageId)
          rabbit.channel.ack(delivered)
        }
      })
      await until(() => deadLettersOf(harness, service).length).toBe(1)
      const [deadLetter] = deadLettersOf(harness, service)
      expect(deadLetter).toMatchObject({ queue: inbox, reason: 'delivery_limit', attempts: 2 })
      expect(deadLetter?.message).toMatchObject({ id: 'm2', headers: {} })
      expect(deadLetter?.firstFailedAt.getTime()).toBeLessThan(deadLetter?.lastFailedAt.getTime() ?? 0)
      await until(() => sorted([...survived])).toEqual(['m1', 'm3'])
    }),
  )
})

describe('the dead-letter queue', () => {
  it(
    'stores every message in it, whether it was rejected or published there',
    on(onRabbitMq, async (harness) => {
      const { service, inbox, send } = aReceiver(harness)
      await send(['rejected'])
      await rabbit.channel.consume(inbox, (delivered) => delivered && rabbit.channel.nack(delivered, false, false))
      const put = (messageId: string, death: unknown) =>
        rabbit.channel.publish(service.direct, service.deadLetterQueue, Buffer.from('?'), {
          messageId,
          headers: { 'x-death': death },
        })
      put('stray', 7)
      put('forged', [{ reason: '\0', queue: '\0' }])
      await until(() => deadLettersOf(harness, service).length).toBe(3)
      const about = deadLettersOf(harness, service).map(({ message, queue, reason }) => [message.id, queue, reason])
      expect(about.toSorted()).toEqual([
        ['forged', service.deadLetterQueue, 'unknown'],
        ['rejected', inbox, 'rejected'],
        ['stray', service.deadLetterQueue, 'unknown'],
      ])
    }),
  )

  it(
    'parks a message that cannot be returned to its queue, and tells why',
    on(onRabbitMq, async (harness) => {
      const { service, inbox, send } = aReceiver(harness)
      await send(['declared'])
      const death = [{ reason: 'delivery_limit', queue: inbox, exchange: service.direct, count: 1 }]
      rabbit.channel.publish(service.direct, service.deadLetterQueue, Buffer.from('?'), {
        messageId: 'low',
        headers: { 'x-death': death, low: { '!': 'double', value: -1e80 } },
      })
      await until(() => deadLettersOf(harness, service).length).toBe(1)
      const [{ queue, reason, error } = expect.fail()] = deadLettersOf(harness, service)
      expect([queue, reason]).toEqual([inbox, 'delivery_limit'])
      expect(error).toMatch(/^Can't be sent again \(AMQP can't express it: .*\), after: RabbitMQ dead-lettered it in /)
    }),
  )

  it(
    'reports a message that a full queue has dropped, and does not keep it',
    on(onRabbitMq, async (harness) => {
      const { service, send } = aReceiver(harness)
      await send(['m1'])
      const full = `${service.service}.full`
      const toDeadLetters = {
        'x-dead-letter-exchange': service.direct,
        'x-dead-letter-routing-key': service.deadLetterQueue,
      }
      const limits = { 'x-queue-type': 'quorum', 'x-max-length': 1, 'x-overflow': 'drop-head' }
      await rabbit.channel.assertQueue(full, { durable: true, arguments: { ...limits, ...toDeadLetters } })
      for (const id of ids(3)) rabbit.channel.sendToQueue(full, Buffer.from(''), { messageId: id })
      const { dropped } = harness.stores(service)
      await until(() => dropped.map(({ queue, message }) => [queue, message.id])).toEqual([
        [full, 'm1'],
        [full, 'm2'],
      ])
      expect(deadLettersOf(harness, service)).toEqual([])
    }),
  )
})
