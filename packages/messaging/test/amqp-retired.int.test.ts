/** Queues of channels that are no longer configured: they get no more messages, and keep those that they have. */
import type { Channel } from 'amqplib'
import { describe, expect, it } from 'vitest'
import {
  ackAll,
  aService,
  connected,
  harnessOf,
  ids,
  observe,
  on,
  outbox,
  sorted,
  unique,
  until,
} from '../conformance/index.ts'
import { bindingMarkerOf } from '../src/amqp/topology/names.ts'
import { amqpBroker, directExchange, inboxOf, withWorkQueues } from '../src/index.ts'
import { useRabbitMq } from './use-rabbitmq.ts'

const rabbit = useRabbitMq()

const onRabbitMq = async () => harnessOf(amqpBroker(rabbit.vhost.url, { onError: () => undefined, reconnectMaxMs: 0 }))

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

const waitingIn = async (queue: string) => (await rabbit.channel.checkQueue(queue)).messageCount

describe('a work queue that is not configured', () => {
  it(
    'is not declared',
    on(onRabbitMq, async (harness) => {
      const { name, email, webhook, now } = aNotifier()
      await connected(harness, now)
      const declared = [inboxOf(name), email, webhook].map((queue) => exists((asking) => asking.checkQueue(queue)))
      expect(await Promise.all(declared)).toEqual([true, true, false])
    }),
  )

  it(
    'gets no more messages, except for its retries, and keeps those that it has until it is configured again',
    on(onRabbitMq, async (harness) => {
      const { name, email, webhook, before, now, to } = aNotifier()
      const earlier = await connected(harness, before)
      await outbox(earlier.publisher, to, ids(3))
      await earlier.leave()

      const present = await connected(harness, now)
      expect(await exists((asking) => asking.checkExchange(bindingMarkerOf(webhook, to.exchange)))).toBe(false)
      const { ids: handled } = observe(present, email, { handle: ackAll })
      await outbox(present.publisher, to, ['later'])
      await until(() => sorted(handled())).toEqual(['later', ...ids(3)])
      rabbit.channel.publish(directExchange(name), webhook, Buffer.from(''), { messageId: 'retry' }) // after its delay
      await until(() => waitingIn(webhook)).toBe(4)
      await present.leave()

      const again = observe(await connected(harness, before), webhook, { handle: ackAll })
      await until(() => sorted(again.ids())).toEqual([...ids(3), 'retry'])
    }),
  )
})
