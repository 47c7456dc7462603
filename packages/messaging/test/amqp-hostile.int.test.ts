/**
 * Arbitrary messages of other publishers on RabbitMQ: each is delivered, retried and parked, never lost, and never
 * cycles.
 */
import { randomBytes } from 'node:crypto'
import { manage, sized } from '@quadrille/testing'
import type { Options } from 'amqplib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  ackAll,
  aService,
  type Harness,
  harnessOf,
  ids,
  observe,
  on,
  sorted,
  unique,
  until,
} from '../conformance/index.ts'
import { amqpBroker, type Delivery, inboxOf, type ServiceTopology } from '../src/index.ts'
import { useRabbitMq } from './use-rabbitmq.ts'

const rabbit = useRabbitMq()

const onRabbitMq = async () => harnessOf(amqpBroker(rabbit.vhost.url, { onError: () => undefined }))

const deadLettersOf = (harness: Harness, service: ServiceTopology) => [
  ...harness.stores(service).deadLetters.stored.values(),
]

const error = new Error('x'.repeat(10_000))

const retryThenPark = (delivery: Delivery) =>
  delivery.attempts === 0 ? delivery.retry({ error, delayMs: 0 }) : delivery.park({ reason: 'hostile', error })

/** A service that handles its inbox in this way, and a way to publish anything into it. */
const aVictim = async (harness: Harness, handle: (delivery: Delivery) => void) => {
  const service = aService(unique('victim'))
  const inbox = inboxOf(service.service)
  const participant = harness.join(service)
  await until(() => participant.disconnected()).toBeNull()
  const { deliveries } = observe(participant, inbox, { handle })
  const attack = (body: Uint8Array, properties: Options.Publish) =>
    rabbit.channel.publish(service.direct, inbox, Buffer.from(body), properties)
  return { service, inbox, deliveries, attack }
}

it(
  'retries and parks messages without properties, or with properties that look like those of brokers and retries',
  on(onRabbitMq, async (harness) => {
    const { service, inbox, deliveries, attack } = await aVictim(harness, retryThenPark)
    const bystander = aService(unique('bystander'))
    const watching = observe(harness.join(bystander), inboxOf(bystander.service), { handle: ackAll })
    await until(() => watching.consumer.caughtUp()).toBe(true)
    await rabbit.channel.bindQueue(inboxOf(bystander.service), service.direct, 'elsewhere')
    const death = { count: 9, exchange: '', queue: `${inbox}.retry.1s`, reason: 'expired', 'routing-keys': [inbox] }
    const headers: Record<string, unknown>[] = [
      { 'x-death': [death, { ...death, queue: inbox, reason: 'delivery_limit' }], 'x-first-death-reason': 'maxlen' },
      { 'x-death': 'none', 'x-delivery-count': 1_000_000, 'x-acquired-count': -1 },
      { CC: ['elsewhere'], BCC: ['elsewhere'] },
      { 'x-attempts': 'many', 'x-first-failed-at': 'never', 'x-error': { a: 1 }, 'x-limit-reached': 'yes' },
      { bytes: Buffer.from([0, 255]), list: [1, 'two', null], nested: { deep: { '': true } }, number: 1.5 },
      { 'x-attempts': 2 ** 31, 'x-first-failed-at': '-200000-01-01T00:00:00Z' },
      { at: { '!': 'timestamp', value: 1_700_000_000 }, price: { '!': 'decimal', value: { places: 2, digits: 314 } } },
    ]
    attack(Buffer.alloc(0), {})
    for (const [n, each] of headers.entries())
      attack(Buffer.from('{}'), { messageId: `h${n}`, headers: each, expiration: '100000', priority: 9 })
    attack(Buffer.from('{}'), { messageId: 'late', timestamp: 2 ** 53 })
    const deep = Array.from({ length: 1_000 }).reduce((inner: unknown[]) => [inner], [])
    attack(Buffer.from('{}'), { messageId: 'deep', headers: { deep } })
    await until(() => deadLettersOf(harness, service).length).toBe(headers.length + 3)
    await until(() => sorted(watching.ids())).toEqual(['h2']) // by CC of the original, and never by a copy
    expect(deliveries.length).toBe(2 * (headers.length + 3))
    const deadLetters = new Map(
      deadLettersOf(harness, service).map((deadLetter) => [deadLetter.message.id, deadLetter]),
    )
    for (const { attempts, queue, firstFailedAt } of deadLetters.values()) {
      expect([attempts, queue]).toEqual([2, inbox])
      expect(Date.now() - firstFailedAt.getTime()).toBeLessThan(60_000)
    }
    const kept = Object.fromEntries([...deadLetters].map(([id, { message }]) => [id, message.headers]))
    expect(JSON.stringify(kept['deep'])).toMatch(/^{"deep":\[{50}"…"\]{50}}$/)
    expect(kept).toEqual({
      deep: expect.anything(),
      ...{ '': {}, late: {}, h0: {}, h1: {}, h2: {}, h3: {}, h5: {} },
      h4: { bytes: 'AP8=', list: [1, 'two', null], nested: { deep: { '': true } }, number: 1.5 },
      h6: { at: 1_700_000_000, price: { places: 2, digits: 314 } },
    })
  }),
)

it(
  'parks a message that cannot be copied at its first delivery, with its failures, if it has any',
  on(onRabbitMq, async (harness) => {
    const [firstFailedAt, failedAt] = [new Date('2026-01-01T12:00:00Z'), new Date('2026-01-01T12:10:00Z')]
    const failuresOf = (type: string) => ({ failedAttempts: type === 'fails' ? 3 : 0, firstFailedAt, failedAt })
    const { service, attack } = await aVictim(harness, (delivery) =>
      delivery.message.id === 'next'
        ? retryThenPark(delivery)
        : delivery.retry({ error, ...failuresOf(delivery.message.type), delayMs: 0 }),
    )
    const { frameMax } = rabbit.connection.connection as unknown as { frameMax: number }
    const large = { large: 'x'.repeat(Math.min(65_200, frameMax - 300)) }
    for (const type of ['fails', 'waits']) {
      attack(Buffer.from('{}'), { messageId: 'large', type, headers: large })
      attack(Buffer.from('{}'), { messageId: 'low', type, headers: { low: { '!': 'double', value: -1e80 } } })
    }
    await until(() => deadLettersOf(harness, service).length).toBe(4)
    for (const { message, error: text, ...deadLetter } of deadLettersOf(harness, service)) {
      const attempts = failuresOf(message.type).failedAttempts
      const stack = error.stack?.slice(0, 8_000)
      expect(deadLetter).toMatchObject({
        ...{ reason: 'uncopyable', stack, attempts },
        ...{ firstFailedAt, lastFailedAt: failedAt },
      })
      expect(text).toMatch(/^Can't be sent again \(.*\), after: x+$/)
      if (message.id === 'large') expect(text).toMatch(/The properties take about \d+ bytes/)
    }
    attack(Buffer.from('{}'), { messageId: 'next' })
    await until(() => deadLettersOf(harness, service).map(({ message }) => message.id)).toContain('next')
  }),
)

/** Through the management API, which accepts headers that no AMQP 0-9-1 client could send. */
const attackByHttp = ({ direct, service }: ServiceTopology, messageId: string, headers: string) => {
  const properties = `{ "message_id": "${messageId}", "headers": ${headers} }`
  const message = `"routing_key": "${inboxOf(service)}", "payload": "{}", "payload_encoding": "string"`
  const publish = `POST /api/exchanges/${rabbit.vhost.name}/${direct}/publish`
  return manage(rabbit.vhost.url, publish, `{ "properties": ${properties}, ${message} }`)
}

it(
  'parks a message whose nesting could overflow the stack when it is decoded, or whose headers are larger than a frame',
  on(onRabbitMq, async (harness) => {
    const { service } = await aVictim(harness, retryThenPark)
    await attackByHttp(service, 'deepest', `{ "nested": ${'['.repeat(10_000)}${']'.repeat(10_000)} }`)
    await attackByHttp(service, 'wide', `{ "wide": "${'x'.repeat(200_000)}" }`)
    const parked = () => deadLettersOf(harness, service).map(({ message }) => message.id)
    await until(() => sorted(parked())).toEqual(['deepest', 'wide'])
  }),
)

const randomMessages = sized({ quick: 600, full: 3_000 })

it(
  'loses no message with random properties: each is acknowledged, retried or parked',
  on(onRabbitMq, async (harness) => {
    const acknowledged = new Set<string>()
    const handle = (delivery: Delivery) => {
      const mark = delivery.message.body[0] ?? 0
      if (mark % 3 > 0) return retryThenPark(delivery)
      acknowledged.add(Buffer.from(delivery.message.body).toString('hex'))
      delivery.ack()
    }
    const { service, attack } = await aVictim(harness, handle)
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    const value = fc.oneof(
      text,
      fc.integer(),
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.boolean(),
      fc.constant(null),
    )
    const name = fc.oneof(
      text,
      fc.constantFrom('x-death', 'x-attempts', 'x-limit-reached', 'x-delivery-count', 'traceparent'),
    )
    const properties = fc.record(
      { messageId: text, type: text, correlationId: text, contentType: text, headers: fc.dictionary(name, value) },
      { requiredKeys: [] },
    )
    const bodies = fc.sample(properties, { numRuns: randomMessages, seed: 7 }).map((each, n) => {
      const body = Buffer.concat([randomBytes(1), Buffer.from(ids(1).concat(String(n)).join(':'))])
      attack(body, each)
      return body.toString('hex')
    })
    await rabbit.channel.waitForConfirms()
    const parked = () => deadLettersOf(harness, service).map(({ message }) => Buffer.from(message.body).toString('hex'))
    await expect.poll(() => parked().length + acknowledged.size, { timeout: 240_000 }).toBe(randomMessages)
    expect(sorted([...parked(), ...acknowledged])).toEqual(sorted(bodies))
    expect((await rabbit.channel.checkQueue(inboxOf(service.service))).messageCount).toBe(0)
  }),
)
