/** RabbitMQ is unavailable for some time: a proxy between the services and the broker cuts and refuses connections. */
import { createVhost, manage, proxyTo, sized, type UrlProxy, type Vhost } from '@quadrille/testing'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import {
  ackAll,
  aMessage,
  aPair,
  type Harness,
  harnessOf,
  ids,
  observe,
  on,
  outbox,
  sorted,
  until,
  withoutInbox,
} from '../conformance/index.ts'
import { amqpBroker, type Delivery, type Participant, Unconfirmed } from '../src/index.ts'

let vhost: Vhost
let proxy: UrlProxy
const problems: unknown[] = []
/** The service of each connection that has become usable. */
const connected: string[] = []
/** The distance between two places where a connection is cut, in pieces that the client sends. The first is random. */
const step = sized({ quick: 6, full: 1 })

beforeAll(async () => {
  vhost = await createVhost(inject('rabbitmqUrl'))
  proxy = await proxyTo(vhost.url)
})

afterAll(async () => {
  await proxy.close()
  await vhost.drop()
})

/** A loss counts as detected after four heartbeats. */
const throughProxy = async (heartbeatSeconds = 1, reconnectMaxMs = 200): Promise<Harness> => {
  const url = new URL(proxy.url)
  url.searchParams.set('heartbeat', String(heartbeatSeconds))
  const onError = (error: unknown) => problems.push(error)
  const onConnected = (service: string) => connected.push(service)
  return harnessOf(amqpBroker(url.href, { onError, onConnected, reconnectMaxMs }))
}

/** With so many heartbeats that even a slow test observes the time before a loss counts as detected. */
const throughProxyWithTime = () => throughProxy(5)
/** For a test with many reconnections. */
const throughProxyReconnecting = () => throughProxy(1, 50)
/** For a test that waits for the end of that time. */
const throughProxyUntilDetected = () => throughProxy(sized({ quick: 2, full: 5 }))

/** Markers without their bindings. A publisher that trusts one would lose its events. */
const markedButUnbound = async (): Promise<string[]> => {
  const read = (kind: string) => manage(inject('rabbitmqUrl'), `GET /api/${kind}/${vhost.name}`) as Promise<Found[]>
  const markers = (await read('exchanges')).filter(({ name }) => name.includes('.bound-to.'))
  const bindings = await read('bindings') // read later than the markers, so it contains each earlier binding
  const bound = new Set(bindings.map(({ source, destination }) => `${destination}.bound-to.${source}`))
  return markers.flatMap(({ name }) => (bound.has(name) ? [] : [name]))
}

interface Found {
  readonly name: string
  readonly source: string
  readonly destination: string
}

describe('an unavailable broker', () => {
  it(
    'loses no message, however often connections are cut',
    on(throughProxy, async (harness) => {
      const { publisher: from, consumer: to, inbox, events } = aPair()
      const seen = new Set<string>()
      const handle = (delivery: Delivery) => {
        const before = seen.size
        seen.add(delivery.message.id)
        if (seen.size > before && seen.size % 100 === 0) proxy.cut()
        delivery.ack()
      }
      observe(harness.join(to), inbox, { prefetch: 50, handle })
      await outbox(harness.join(from).publisher, events, ids(500))
      await until(() => seen.size).toBe(500)
      expect(problems.length).toBeGreaterThan(0)
    }),
  )

  for (const direction of ['to the server', 'to the client'] as const)
    it(
      `loses no message if a frame ${direction} is cut short`,
      on(throughProxy, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const { ids: arrived } = observe(harness.join(to), inbox, { handle: ackAll })
        const { publisher } = harness.join(from)
        await outbox(publisher, events, ['before'])
        const before = problems.length
        proxy.truncate(direction)
        await outbox(publisher, events, ids(100))
        await until(() => sorted([...new Set(arrived())])).toEqual(sorted(['before', ...ids(100)]))
        await until(() => problems.length).toBeGreaterThan(before)
      }),
    )

  it(
    'is reported like its end, publishing is refused, and work resumes when it is available again',
    on(throughProxy, async (harness) => {
      const { publisher: from, consumer: to, inbox, events } = aPair()
      const [publishing, consuming] = [harness.join(from), harness.join(to)]
      const { ids: arrived, consumer } = observe(consuming, inbox, { handle: ackAll })
      await outbox(publishing.publisher, events, ['before'])
      await until(() => consumer.caughtUp()).toBe(true)
      proxy.refuse()
      await until(() => [publishing, consuming].map((participant) => participant.disconnected() === null)).toEqual([
        false,
        false,
      ])
      // Each has two connections, and may have detected the end of one only.
      await until(() => publishing.publisher.waitingFor()).toContain('not connected to RabbitMQ')
      await until(() => consumer.caughtUp()).toBe(false)
      expect(await consumer.depth()).toBeNull()
      await expect(publishing.publisher.publish(events, aMessage('refused'))).rejects.toBeInstanceOf(Unconfirmed)
      const before = connected.length
      proxy.accept()
      await outbox(publishing.publisher, events, ['after'])
      await until(() => arrived().at(-1)).toBe('after')
      await until(() => sorted([...new Set(connected.slice(before))])).toEqual(sorted([from.service, to.service]))
      await until(() => consumer.caughtUp()).toBe(true)
    }),
  )

  it(
    'is remembered if it lasted longer than some seconds',
    on(throughProxy, async (harness) => {
      const participant = harness.join(withoutInbox(aPair().consumer))
      await until(() => participant.disconnected()).toBeNull()
      vi.useFakeTimers({ toFake: ['performance'] })
      onTestFinished(() => void vi.useRealTimers())
      const before = connected.length
      proxy.cut()
      await until(() => connected.length - before).toBeGreaterThanOrEqual(2)
      await until(() => participant.disconnected()).toBeNull()
      expect(participant.restoredForMs()).toBe(Number.POSITIVE_INFINITY)
      proxy.refuse()
      const failures = problems.length
      await until(() => {
        vi.advanceTimersByTime(1_000)
        return problems.length - failures
      }).toBeGreaterThan(10)
      proxy.accept()
      await until(() => participant.disconnected()).toBeNull()
      expect(participant.restoredForMs()).toBeLessThan(Number.POSITIVE_INFINITY)
    }),
  )

  it(
    'is remembered if heartbeats were missed, even if it ends as soon as that is detected',
    on(throughProxy, async (harness) => {
      const participant = harness.join(withoutInbox(aPair().consumer))
      await until(() => participant.disconnected()).toBeNull()
      const silences = () => problems.filter((error) => String(error).includes('Heartbeat timeout')).length
      const before = silences()
      proxy.hold('to the client')
      await until(() => silences() - before).toBe(2)
      proxy.release()
      await until(() => participant.disconnected()).toBeNull()
      expect(participant.restoredForMs()).toBeLessThan(Number.POSITIVE_INFINITY)
    }),
  )

  it(
    'may be unavailable at the first connect: the service keeps trying',
    on(throughProxy, async (harness) => {
      proxy.refuse()
      const { publisher: from, consumer: to, inbox, events } = aPair()
      const { ids: arrived } = observe(harness.join(to), inbox, { handle: ackAll })
      const { publisher } = harness.join(from)
      const refused = problems.length
      await until(() => problems.length - refused).toBeGreaterThan(6)
      proxy.accept()
      await outbox(publisher, events, ['m1'])
      await until(arrived).toEqual(['m1'])
    }),
  )

  it(
    'is reached eventually, even if connections are cut between declarations, and no binding is marked before it exists',
    on(throughProxyReconnecting, async (harness) => {
      const isUp = (participant: Participant) => participant.disconnected() === null
      let pieces = 1 + Math.floor(Math.random() * step)
      for (let reachedTheEnd = false; !reachedTheEnd; pieces += step) {
        proxy.cutEachAfter(pieces)
        const before = problems.length
        const participant = harness.join(aPair().consumer)
        await until(() => isUp(participant) || problems.length - before > 2).toBe(true)
        reachedTheEnd = isUp(participant)
        expect(await markedButUnbound(), `cut after ${pieces}`).toEqual([])
        proxy.cutEachAfter(0)
        await expect.poll(() => isUp(participant)).toBe(true)
        await participant.leave()
      }
      expect(pieces).toBeGreaterThan(20)
    }),
  )

  it(
    'causes one dead letter of a parked message, even if the connection is cut before it is stored',
    on(throughProxyWithTime, async (harness) => {
      const { publisher: from, consumer: to, inbox, events } = aPair()
      const { deadLetters } = harness.stores(to)
      deadLetters.unavailable = true
      const park = (delivery: Delivery) => delivery.park({ reason: 'not_wanted', error: new Error('no') })
      const { deliveries } = observe(harness.join(to), inbox, { handle: park })
      await outbox(harness.join(from).publisher, events, ids(3))
      await until(() => deliveries.length).toBe(3)
      proxy.cut()
      await until(() => deliveries.length).toBe(6)
      expect(deliveries.slice(3).map(({ crashes }) => crashes)).toEqual([1, 1, 1])
      deadLetters.unavailable = false
      const parked = () => [...deadLetters.stored.values()].map(({ message }) => message.id)
      await until(() => parked().length).toBeGreaterThan(2)
      await outbox(harness.join(from).publisher, events, ['last'])
      await until(() => sorted(parked())).toEqual(sorted([...ids(3), 'last']))
    }),
  )

  it(
    'gives the same reason for all messages in flight, so that a log can omit repetitions',
    on(throughProxy, async (harness) => {
      const { publisher: from, consumer: to, events } = aPair()
      harness.join(to)
      const { publisher } = harness.join(from)
      await until(() => publisher.waitingFor()).toBeNull()
      const outcomes = ids(2).map((id) => publisher.publish(events, aMessage(id)).catch(String))
      proxy.cut()
      const [first, second] = await Promise.all(outcomes)
      expect(first).toMatch(/^Unconfirmed: not confirmed: /)
      expect(second).toBe(first)
    }),
  )

  it(
    'redelivers unsettled messages, and ignores late settlements',
    on(throughProxyWithTime, async (harness) => {
      const { publisher: from, consumer: to, inbox, events } = aPair()
      const { consumer, deliveries, ids: arrived } = observe(harness.join(to), inbox)
      await outbox(harness.join(from).publisher, events, ids(3))
      await until(arrived).toEqual(ids(3))
      proxy.cut()
      await until(() => deliveries.length).toBe(6)
      const [late, again] = [deliveries.slice(0, 3), deliveries.slice(3)]
      expect(deliveries.map((delivery) => delivery.isLost())).toEqual([true, true, true, false, false, false])
      for (const delivery of late.slice(1)) delivery.ack()
      late[0]?.retry({ error: new Error('too late'), delayMs: 0 })
      expect(again.map(({ message }) => message.id)).toEqual(ids(3))
      expect(again.map(({ crashes, attempts }) => [crashes, attempts])).toEqual(Array(3).fill([1, 0]))
      await until(() => consumer.depth()).toEqual({ messages: 0, consumers: 1 })
      expect(consumer.caughtUp()).toBe(false)
      for (const delivery of again) delivery.ack()
      await until(() => consumer.caughtUp()).toBe(true)
    }),
  )

  it(
    'may be silent: a consumer without answers has not caught up, nor before it has handled what waited meanwhile',
    on(throughProxyWithTime, async (harness) => {
      vi.useFakeTimers({ toFake: ['performance'] })
      onTestFinished(() => void vi.useRealTimers())
      const { publisher: from, consumer: to, inbox, events } = aPair()
      const { publisher } = harness.join(from)
      const { consumer, deliveries, ids: arrived } = observe(harness.join(to), inbox)
      await until(() => publisher.waitingFor()).toBeNull()
      await until(() => consumer.caughtUp()).toBe(true)
      proxy.hold('to the client')
      onTestFinished(() => proxy.release())
      const published = publisher.publish(events, aMessage('meanwhile'))
      vi.advanceTimersByTime(8_000)
      expect(consumer.caughtUp()).toBe(false)
      proxy.release()
      await published
      await until(arrived).toEqual(['meanwhile'])
      await until(() => consumer.depth()).toEqual({ messages: 0, consumers: 1 })
      expect(consumer.caughtUp()).toBe(false)
      deliveries[0]?.ack()
      await until(() => consumer.caughtUp()).toBe(true)
    }),
  )

  it(
    'may leave a consumer that is added later without an answer: its connection is replaced',
    on(throughProxyWithTime, async (harness) => {
      const { publisher: from, consumer: to, inbox, events } = aPair()
      const participant = harness.join(to)
      await until(() => participant.disconnected()).toBeNull()
      onTestFinished(() => proxy.release())
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      onTestFinished(() => void vi.useRealTimers())
      proxy.hold('to the client')
      const { ids: arrived } = observe(participant, inbox, { handle: ackAll })
      vi.advanceTimersByTime(30_000)
      vi.useRealTimers()
      await until(() => participant.disconnected()).not.toBeNull()
      proxy.release()
      await outbox(harness.join(from).publisher, events, ['later'])
      await until(arrived).toEqual(['later'])
    }),
  )

  it(
    'may have left deliveries at an earlier connection, so a new consumer waits for them',
    on(throughProxyWithTime, async (harness) => {
      const { publisher: from, consumer: to, inbox, events } = aPair()
      const earlier = harness.join(to)
      const { ids: first } = observe(earlier, inbox)
      await outbox(harness.join(from).publisher, events, ids(1))
      await until(first).toEqual(ids(1))
      const { consumer, deliveries, ids: again } = observe(harness.join(to), inbox)
      await until(() => consumer.depth()).toEqual({ messages: 0, consumers: 2 })
      expect(consumer.caughtUp()).toBe(false)
      await earlier.leave()
      await until(again).toEqual(ids(1))
      await until(() => consumer.depth()).toEqual({ messages: 0, consumers: 1 })
      expect(consumer.caughtUp()).toBe(false)
      deliveries[0]?.ack()
      await until(() => consumer.caughtUp()).toBe(true)
    }),
  )

  it(
    'is noticed by the broker in time, so a consumer beside others catches up then',
    on(throughProxyUntilDetected, async (harness) => {
      const { consumer: to, inbox } = aPair()
      const { consumer: first } = observe(harness.join(to), inbox)
      await until(() => first.caughtUp()).toBe(true)
      const { consumer } = observe(harness.join(to), inbox)
      await until(() => consumer.depth()).toEqual({ messages: 0, consumers: 2 })
      expect(consumer.caughtUp()).toBe(false)
      await until(() => consumer.caughtUp()).toBe(true)
    }),
  )
})
