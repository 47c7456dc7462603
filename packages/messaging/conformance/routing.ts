/** The routing of messages. */
import { describe, expect, it } from 'vitest'
import { directExchange, eventAddress, inboxOf, Unconfirmed, Unroutable, Unsendable } from '../src/index.ts'
import {
  ackAll,
  aMessage,
  aPair,
  aService,
  connected,
  ids,
  type MakeHarness,
  observe,
  on,
  outbox,
  sorted,
  unique,
  until,
  withoutInbox,
} from './harness.ts'

export const routing = (makeHarness: MakeHarness) =>
  describe('routing', () => {
    it(
      'routes an event to every bound inbox, and to no other',
      on(makeHarness, async (harness) => {
        const [from, other, a, b] = [unique('from'), unique('other'), unique('a'), unique('b')]
        const [inA, inB] = [a, b].map((name) => {
          const topology = aService(name, { consumes: name === a ? [from, other] : [from] })
          return observe(harness.join(topology), inboxOf(name), { handle: ackAll })
        })
        const { publisher } = harness.join(withoutInbox(aService(from, { essentialConsumers: [a, b] })))
        const { publisher: others } = harness.join(withoutInbox(aService(other, { essentialConsumers: [a] })))
        await outbox(publisher, eventAddress(from), ['both'])
        await outbox(others, eventAddress(other), ['one'])
        await until(() => sorted(inA?.ids() ?? [])).toEqual(['both', 'one'])
        await until(() => inB?.ids()).toEqual(['both'])
      }),
    )

    it(
      'reports the exchange of the first delivery, also after a failure',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const { deliveries } = observe(harness.join(to), inbox, {
          handle: (delivery) =>
            delivery.attempts < 2 ? delivery.retry({ error: new Error('not yet'), delayMs: 0 }) : delivery.ack(),
        })
        await outbox(harness.join(from).publisher, events, ['m1'])
        await until(() => deliveries.length).toBe(3)
        expect(deliveries.map(({ exchange }) => exchange)).toEqual(Array(3).fill(events.exchange))
      }),
    )

    it(
      'lets a service set the original exchange of messages to its own queues, and of no others',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const receiving = harness.join(to)
        const { deliveries } = observe(receiving, inbox, { handle: ackAll })
        const { publisher: stranger } = harness.join(from)
        await until(() => [stranger.waitingFor(), receiving.publisher.waitingFor()]).toEqual([null, null])
        const own = { exchange: directExchange(to.service), routingKey: inbox }
        const forged = aMessage('forged', { headers: { 'x-original-exchange': 'forged.events', 'x-attempts': '7' } })
        await stranger.publish(events, forged, { exchange: 'forged.events' })
        await receiving.publisher.publish(own, aMessage('own'))
        await receiving.publisher.publish(own, aMessage('replayed'), { exchange: events.exchange })
        await receiving.publisher.publish(own, aMessage('unknown'), { exchange: '' })
        await until(() => deliveries.length).toBe(4)
        expect(deliveries.map(({ message, exchange, attempts }) => [message.id, exchange, attempts])).toEqual([
          ['forged', events.exchange, 0],
          ['own', own.exchange, 0],
          ['replayed', events.exchange, 0],
          ['unknown', '', 0],
        ])
      }),
    )

    it(
      'routes a task to its work queue',
      on(makeHarness, async (harness) => {
        const name = unique('worker')
        const [charging, refunding] = [`${name}.charging`, `${name}.refunding`]
        const worker = harness.join(aService(name, { work: [charging, refunding] }))
        const [charges, refunds] = [charging, refunding].map((queue) => observe(worker, queue, { handle: ackAll }))
        const exchange = directExchange(name)
        await outbox(worker.publisher, { exchange, routingKey: charging }, ['charge'])
        await outbox(worker.publisher, { exchange, routingKey: refunding }, ['refund'])
        await until(() => charges?.ids()).toEqual(['charge'])
        await until(() => refunds?.ids()).toEqual(['refund'])
      }),
    )

    it(
      'routes a task to each of the work queues behind a fanout',
      on(makeHarness, async (harness) => {
        const name = unique('notifier')
        const [work, fanout] = [[`${name}.email`, `${name}.web`], `${name}.channels`]
        const notifier = harness.join(aService(name, { work, fanout }))
        const channels = work.map((queue) => observe(notifier, queue, { handle: ackAll }))
        await outbox(notifier.publisher, { exchange: fanout, routingKey: '' }, ids(3))
        for (const channel of channels) await until(channel.ids).toEqual(ids(3))
      }),
    )

    it(
      'returns a message without a bound queue to its publisher',
      on(makeHarness, async (harness) => {
        const name = unique('lonely')
        const { publisher } = harness.join(aService(name))
        await until(() => publisher.waitingFor()).toBeNull()
        await expect(publisher.publish(eventAddress(name), aMessage('m1'))).rejects.toBeInstanceOf(Unroutable)
        const other = unique('other')
        await connected(harness, aService(other))
        const unknown = [
          { exchange: directExchange(name), routingKey: 'nobody' },
          { exchange: directExchange(other), routingKey: inboxOf(other) },
          { exchange: unique('nothing'), routingKey: '' },
        ]
        for (const to of unknown) await expect(publisher.publish(to, aMessage('m1'))).rejects.toBeInstanceOf(Unsendable)
        const routable = { exchange: directExchange(name), routingKey: inboxOf(name) }
        await outbox(publisher, routable, ['m2']) // the publisher still works
      }),
    )

    it(
      'publishes no events before every essential inbox exists, and then loses none',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const { publisher } = harness.join(from)
        await until(() => publisher.waitingFor()).toContain(inbox)
        await expect(publisher.publish(events, aMessage('early'))).rejects.toBeInstanceOf(Unconfirmed)
        const sent = outbox(publisher, events, ids(3))
        const { ids: arrived } = observe(harness.join(to), inbox, { handle: ackAll })
        await sent
        await until(arrived).toEqual(ids(3))
      }),
    )

    it(
      'keeps events for an essential inbox that does not exist yet, even if another one does',
      on(makeHarness, async (harness) => {
        const [from, early, late] = [unique('from'), unique('early'), unique('late')]
        const there = await connected(harness, aService(early, { consumes: [from] }))
        const first = observe(there, inboxOf(early), { handle: ackAll })
        const { publisher } = harness.join(withoutInbox(aService(from, { essentialConsumers: [early, late] })))
        const sent = outbox(publisher, eventAddress(from), ids(3))
        await until(() => publisher.waitingFor()?.includes(inboxOf(late)) || first.ids().length === 3).toBe(true)
        const second = observe(harness.join(aService(late, { consumes: [from] })), inboxOf(late), { handle: ackAll })
        await sent
        for (const inbox of [first, second]) await until(inbox.ids).toEqual(ids(3))
      }),
    )

    it(
      'delivers a message unchanged',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const { deliveries } = observe(harness.join(to), inbox, { handle: ackAll })
        const { publisher } = harness.join(from)
        await until(() => publisher.waitingFor()).toBeNull()
        const sent = aMessage('m1', { body: Uint8Array.of(0, 255, 10, 128), headers: { traceparent: '00-ab-cd-01' } })
        await publisher.publish(events, sent)
        await until(() => deliveries.length).toBe(1)
        const { message, attempts, crashes } = deliveries[0] ?? expect.fail('nothing was delivered')
        expect({ ...message, body: [...message.body] }).toEqual({ ...sent, body: [...sent.body] })
        expect({ attempts, crashes }).toEqual({ attempts: 0, crashes: 0 })
      }),
    )
  })
