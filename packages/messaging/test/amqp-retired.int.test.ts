/** Queues of channels that are no longer configured: they get no more messages, and are deleted once they are empty. */
import { frameProxy, isDeclareOk } from '@quadrille/testing'
import type { Channel } from 'amqplib'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  ackAll,
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
import {
  type AmqpOptions,
  amqpBroker,
  directExchange,
  inboxOf,
  retryTiers,
  type ServiceTopology,
  withWorkQueues,
} from '../src/index.ts'
import { bindingMarkerOf, retirementLockOf, retryQueueOf } from '../src/topology.ts'
import { useRabbitMq } from './use-rabbitmq.ts'

const rabbit = useRabbitMq()
let errors: string[] = []

const openHarness = async (options: Pick<AmqpOptions, 'retirePausesMs'>, url = rabbit.vhost.url) => {
  errors = []
  const onError = (error: unknown, step: string) => void errors.push(`${step}: ${error}`)
  return harnessOf(amqpBroker(url, { onError, random: () => 0, ...options }))
}

const onRabbitMq = () => openHarness({})

/** So many connections close at an answer about a queue with this text in its name. */
const closingAtAnswers = (count: number, queue: string) => async () => {
  let declareOks = 0
  const closing = await frameProxy(rabbit.vhost.url, (frame) => {
    if (isDeclareOk(frame) && frame.includes(queue) && ++declareOks <= count) throw new Error('closed by the test')
    return frame
  })
  onTestFinished(() => closing.close())
  return openHarness({}, closing.url)
}

/** Tries to retire queues ten times a second for as long as a test may take. */
const retiringOften = () => openHarness({ retirePausesMs: Array.from({ length: 3_000 }, () => 100) })

/** A service with two channels in its earlier configuration, and with only the first of them now. */
const aNotifier = () => {
  const name = unique('notifier')
  const [email, webhook] = [`${name}.email`, `${name}.webhook`]
  const fanout = `${name}.channels`
  const before = aService(name, { work: [email, webhook], fanout })
  const now = withWorkQueues(before, [email])
  return { name, email, webhook, before, now, to: { exchange: fanout, routingKey: '' } }
}

const exists = async (check: (asking: Channel) => Promise<unknown>): Promise<boolean> => {
  const asking = await rabbit.connection.createChannel()
  asking.on('error', () => undefined)
  try {
    await check(asking)
    await asking.close()
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 404 })
    return false
  }
}

const queueExists = (queue: string) => exists((asking) => asking.checkQueue(queue))
const exchangeExists = (exchange: string) => exists((asking) => asking.checkExchange(exchange))

const waitingIn = async (queue: string) => (await rabbit.channel.checkQueue(queue)).messageCount

/**
 * Runs the earlier version, which sends these messages to both channels, handles those of the first, and is stopped.
 */
const fill = async (harness: Harness, { before, email, to }: ReturnType<typeof aNotifier>, messages: string[]) => {
  const earlier = await joinConnected(harness, before)
  const { ids: handled } = observe(earlier, email, { handle: ackAll })
  await outbox(earlier.publisher, to, messages)
  await until(() => sorted(handled())).toEqual(sorted(messages))
  await earlier.leave()
}

const joinConnected = async (harness: Harness, topology: ServiceTopology) => {
  const participant = harness.join(topology)
  await until(() => participant.disconnected()).toBeNull()
  return participant
}

describe('a work queue that is not configured', () => {
  it(
    'is not declared',
    on(onRabbitMq, async (harness) => {
      const { name, email, webhook, now } = aNotifier()
      await joinConnected(harness, now)
      const declared = await Promise.all([inboxOf(name), email, webhook].map(queueExists))
      expect(declared).toEqual([true, true, false])
    }),
  )

  it(
    'is deleted with its retry queues and its marker if it exists and is empty',
    on(onRabbitMq, async (harness) => {
      const notifier = aNotifier()
      const { webhook, email, now, to } = notifier
      await fill(harness, notifier, [])
      expect(await queueExists(webhook)).toBe(true)
      const present = await joinConnected(harness, now)
      await until(() => queueExists(webhook)).toBe(false)
      for (const tier of retryTiers) expect(await queueExists(retryQueueOf(webhook, tier))).toBe(false)
      expect(await exchangeExists(bindingMarkerOf(webhook, to.exchange))).toBe(false)
      const { ids: handled } = observe(present, email, { handle: ackAll })
      await outbox(present.publisher, to, ['m1'])
      await until(handled).toEqual(['m1'])
      expect(errors).toEqual([])
    }),
  )

  it(
    'is kept with its messages, gets no more, and is reported',
    on(onRabbitMq, async (harness) => {
      const notifier = aNotifier()
      const { webhook, email, now, before, to } = notifier
      await fill(harness, notifier, ids(3))
      const present = await joinConnected(harness, now)
      await until(() => errors).toEqual([
        `retire: RetiredQueueKept: ${webhook} is no longer configured, but is kept: it holds messages. Configure it again, or move or purge them.`,
      ])
      const { ids: handled } = observe(present, email, { handle: ackAll })
      await outbox(present.publisher, to, ['later'])
      await until(handled).toEqual(['later'])
      await present.leave()
      expect(await waitingIn(webhook)).toBe(3)

      const again = observe(await joinConnected(harness, before), webhook, { handle: ackAll })
      await until(() => sorted(again.ids())).toEqual(ids(3))
    }),
  )

  it(
    'is deleted at the next start after it was emptied',
    on(onRabbitMq, async (harness) => {
      const notifier = aNotifier()
      await fill(harness, notifier, ids(2))
      const present = await joinConnected(harness, notifier.now)
      await until(() => errors.length).toBe(1)
      await present.leave()
      await rabbit.channel.purgeQueue(notifier.webhook)
      await joinConnected(harness, notifier.now)
      await until(() => queueExists(notifier.webhook)).toBe(false)
    }),
  )

  it(
    'is kept while a message waits in one of its retry queues, and still receives retried messages',
    on(onRabbitMq, async (harness) => {
      const { name, webhook, now, before, to } = aNotifier()
      const earlier = harness.join(before)
      const failing = observe(earlier, webhook, {
        handle: (delivery) => delivery.retry({ error: new Error('not yet'), delayMs: 30_000 }),
      })
      await outbox(earlier.publisher, to, ['m1'])
      await until(() => failing.deliveries.length).toBe(1)
      const tier = `${webhook}.retry.30s`
      await until(() => waitingIn(tier)).toBe(1)
      await earlier.leave()
      await joinConnected(harness, now)
      await until(() => errors).toEqual([
        `retire: RetiredQueueKept: ${webhook} is no longer configured, but is kept: messages wait in ${tier} for a retry.`,
      ])
      rabbit.channel.publish(directExchange(name), webhook, Buffer.from('as after its delay'))
      await until(() => waitingIn(webhook)).toBe(1)
      expect(await waitingIn(tier)).toBe(1)
    }),
  )

  it(
    'is kept while an instance with the earlier configuration consumes it',
    on(onRabbitMq, async (harness) => {
      const { webhook, now, before } = aNotifier()
      const consuming = observe(await joinConnected(harness, before), webhook, { handle: ackAll })
      await until(() => consuming.consumer.depth()).toMatchObject({ consumers: 1 })
      await joinConnected(harness, now)
      await until(() => errors).toEqual([
        `retire: RetiredQueueKept: ${webhook} is no longer configured, but is kept: an instance with another configuration consumes it.`,
      ])
    }),
  )

  it(
    'is unbound again after an instance with the earlier configuration has bound it and stopped, and is reported once',
    on(retiringOften, async (harness) => {
      const { name, webhook, email, now, before, to } = aNotifier()
      const present = await joinConnected(harness, now)
      const lock = retirementLockOf(name) // until the queue has a consumer
      await rabbit.channel.assertQueue(lock, { exclusive: true })
      const { ids: handled } = observe(present, email, { handle: ackAll })
      const earlier = await joinConnected(harness, before)
      const consuming = observe(earlier, webhook)
      await until(() => consuming.consumer.depth()).toMatchObject({ consumers: 1 })
      await outbox(present.publisher, to, ['m1'])
      await until(consuming.ids).toEqual(['m1'])
      await rabbit.channel.deleteQueue(lock)
      await earlier.leave()
      await until(() => exchangeExists(bindingMarkerOf(webhook, to.exchange))).toBe(false)
      await until(() => errors.filter((error) => error.includes('it holds messages')).length).toBe(1)
      await outbox(present.publisher, to, ['m2', 'm3'])
      await until(handled).toEqual(['m1', 'm2', 'm3'])
      expect(await waitingIn(webhook)).toBe(1)
      await rabbit.channel.purgeQueue(webhook)
      await until(() => queueExists(webhook)).toBe(false)
      expect(new Set(errors).size).toBe(errors.length)
    }),
  )

  it(
    'is not looked for on a connection that closed during its declarations',
    on(closingAtAnswers(4, ''), async (harness) => {
      const { email, now, to } = aNotifier()
      const present = await joinConnected(harness, now)
      const { ids: handled } = observe(present, email, { handle: ackAll })
      await outbox(present.publisher, to, ['m1'])
      await until(handled).toEqual(['m1'])
      expect(errors.filter((error) => error.startsWith('connection:'))).toHaveLength(4)
      expect(errors.filter((error) => error.startsWith('retire:'))).toEqual([])
    }),
  )

  it(
    'is deleted on the next connection if a connection closes meanwhile',
    on(closingAtAnswers(1, '.webhook.retry.'), async (harness) => {
      const { webhook, now } = aNotifier()
      for (const queue of [webhook, retryQueueOf(webhook, retryTiers[0])]) await rabbit.channel.assertQueue(queue)
      harness.join(now)
      await until(() => queueExists(webhook)).toBe(false)
      expect(errors.map((error) => error.split(':')[0])).toEqual(['connection'])
    }),
  )

  it(
    'is deleted once by several instances that start together',
    on(onRabbitMq, async (harness) => {
      const notifier = aNotifier()
      await fill(harness, notifier, [])
      await Promise.all(Array.from({ length: 4 }, () => joinConnected(harness, notifier.now)))
      await until(() => queueExists(notifier.webhook)).toBe(false)
      expect(errors).toEqual([])
    }),
  )
})
