/** Settling messages: they are confirmed, acknowledged, retried, redelivered, and never lost. */
import { describe, expect, it } from 'vitest'
import { type Delivery, directExchange, eventAddress, inboxOf, Unconfirmed } from '../src/index.ts'
import {
  ackAll,
  aMessage,
  aPair,
  aService,
  ids,
  type MakeHarness,
  observe,
  on,
  outbox,
  unique,
  until,
  withoutInbox,
} from './harness.ts'

export const settling = (makeHarness: MakeHarness) =>
  describe('settling', () => {
    it(
      'confirms a message only when it survives a crash of every process',
      on(makeHarness, async (harness) => {
        const name = unique('sleeper')
        const sleeper = harness.join(aService(name))
        await outbox(sleeper.publisher, { exchange: directExchange(name), routingKey: inboxOf(name) }, ids(20))
        await sleeper.leave()
        const { ids: arrived } = observe(harness.join(aService(name)), inboxOf(name), { handle: ackAll })
        await until(arrived).toEqual(ids(20))
      }),
    )

    it(
      'redelivers exactly the unsettled messages of a crashed consumer, in order and with their crashes counted',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const dying = harness.join(to)
        const before = observe(dying, inbox)
        const sent = outbox(harness.join(from).publisher, events, ids(10))
        await until(before.ids).toEqual(ids(10))
        const after = observe(harness.join(to), inbox, { handle: ackAll })
        for (const id of ['m9', 'm2', 'm3', 'm5', 'm1']) of(before.deliveries, id).ack()
        await dying.leave()
        await until(after.ids).toEqual(['m4', 'm6', 'm7', 'm8', 'm10'])
        expect(after.deliveries.every(({ crashes }) => crashes === 1)).toBe(true)
        expect(after.deliveries.every(({ attempts }) => attempts === 0)).toBe(true)
        await sent
      }),
    )

    it(
      'loses no messages that were acknowledged out of order in many turns',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const dying = harness.join(to)
        const before = observe(dying, inbox)
        const sent = outbox(harness.join(from).publisher, events, ids(10))
        await until(before.ids).toEqual(ids(10))
        const after = observe(harness.join(to), inbox, { handle: ackAll })
        for (const turn of [['m2', 'm4'], ['m1'], ['m6', 'm5'], ['m9'], ['m3']]) {
          for (const id of turn) of(before.deliveries, id).ack()
          await new Promise(setImmediate)
        }
        await dying.leave()
        await until(after.ids).toEqual(['m7', 'm8', 'm10'])
        await sent
      }),
    )

    it(
      'ignores a delivery that is settled twice, or that is lost because its consumer has left',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const leaving = harness.join(to)
        const before = observe(leaving, inbox)
        const sent = outbox(harness.join(from).publisher, events, ids(3))
        await until(before.ids).toEqual(ids(3))
        const after = observe(harness.join(to), inbox)
        for (const _twice of [1, 2]) of(before.deliveries, 'm2').ack()
        expect(lost(before.deliveries)).toEqual([])
        of(before.deliveries, 'm2').retry({ error: new Error('too late'), delayMs: 0 })
        await leaving.leave()
        expect(lost(before.deliveries)).toEqual(['m1', 'm3'])
        of(before.deliveries, 'm1').ack()
        of(before.deliveries, 'm3').retry({ error: new Error('too late'), delayMs: 0 })
        expect(lost(before.deliveries)).toEqual(['m1', 'm3'])
        await until(after.ids).toEqual(['m1', 'm3'])
        expect(lost(after.deliveries)).toEqual([])
        for (const delivery of after.deliveries) delivery.ack()
        await sent
      }),
    )

    it(
      'confirms messages in flight of a leaving publisher, or rejects them as unconfirmed',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const { ids: arrived } = observe(harness.join(to), inbox)
        const leaving = harness.join(from)
        await until(() => leaving.publisher.waitingFor()).toBeNull()
        const sent = Promise.allSettled(ids(5).map((id) => leaving.publisher.publish(events, aMessage(id))))
        await until(arrived).toEqual(ids(5))
        await leaving.leave()
        for (const outcome of await sent) {
          if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(Unconfirmed)
        }
        await expect(leaving.publisher.publish(events, aMessage('late'))).rejects.toBeInstanceOf(Unconfirmed)
      }),
    )

    it(
      'returns a failed message to the queue that failed and to no other, and counts the attempts',
      on(makeHarness, async (harness) => {
        const [from, failing, other] = [unique('from'), unique('failing'), unique('other')]
        const failTwice = (delivery: Delivery) =>
          delivery.attempts < 2 ? delivery.retry({ error: new Error('not yet'), delayMs: 10 }) : delivery.ack()
        const { deliveries } = observe(harness.join(aService(failing, { consumes: [from] })), inboxOf(failing), {
          handle: failTwice,
        })
        const bystander = observe(harness.join(aService(other, { consumes: [from] })), inboxOf(other), {
          handle: ackAll,
        })
        const { publisher } = harness.join(withoutInbox(aService(from, { essentialConsumers: [failing, other] })))
        await outbox(publisher, eventAddress(from), ['m1'])
        await until(() => deliveries.map(({ attempts }) => attempts)).toEqual([0, 1, 2])
        expect(deliveries.map(({ message }) => ({ ...message, body: [...message.body] }))).toEqual(
          Array.from({ length: 3 }, () => ({
            ...deliveries[0]?.message,
            body: [...(deliveries[0]?.message.body ?? [])],
          })),
        )
        expect(bystander.ids()).toEqual(['m1'])
      }),
    )

    it(
      'counts the attempts that failed since the delivery, and none for a deferred message',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const failures = [0, 0, 3]
        const handle = (delivery: Delivery) => {
          const failedAttempts = failures.shift()
          if (failedAttempts === undefined) return delivery.ack()
          delivery.retry({ error: new Error('not yet'), delayMs: 10, failedAttempts })
        }
        const { deliveries } = observe(harness.join(to), inbox, { handle })
        await outbox(harness.join(from).publisher, events, ['m1'])
        await until(() => deliveries.map(({ attempts }) => attempts)).toEqual([0, 0, 0, 3])
      }),
    )

    it(
      'delivers others while a failed message waits',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const handle = (delivery: Delivery) =>
          delivery.message.id === 'm1' && delivery.attempts === 0
            ? delivery.retry({ error: new Error('not yet'), delayMs: 500 })
            : delivery.ack()
        const { ids: arrived } = observe(harness.join(to), inbox, { prefetch: 1, handle })
        await outbox(harness.join(from).publisher, events, ids(3))
        await until(arrived).toEqual(['m1', 'm2', 'm3', 'm1'])
      }),
    )

    it(
      'reports that a consumer has caught up when the waiting messages are settled',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const sleeper = harness.join(to)
        const publishing = harness.join({ ...from, requiredInboxes: [] })
        await until(() => [sleeper.disconnected(), publishing.disconnected()]).toEqual([null, null])
        await outbox(publishing.publisher, events, ids(3))
        publishing.publisher.outboxAsQueue?.drained()
        const { deliveries, consumer } = observe(sleeper, inbox)
        await until(() => [deliveries.length, consumer.caughtUp()]).toEqual([3, false])
        await until(() => consumer.depth()).toEqual({ messages: 0, consumers: 1 })
        for (const delivery of deliveries.slice(0, 2)) delivery.ack()
        expect(consumer.caughtUp()).toBe(false)
        deliveries[2]?.ack()
        await until(() => consumer.caughtUp()).toBe(true)
      }),
    )

    it(
      'reports that a consumer has caught up if no message waited',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox } = aPair()
        harness.join(from).publisher.outboxAsQueue?.drained()
        const { consumer } = observe(harness.join(to), inbox)
        await until(() => consumer.caughtUp()).toBe(true)
      }),
    )
  })

/** The ids of the deliveries that are lost. */
const lost = (deliveries: readonly Delivery[]): string[] =>
  deliveries.filter((delivery) => delivery.isLost()).map(({ message }) => message.id)

const of = (deliveries: readonly Delivery[], id: string): Delivery =>
  deliveries.find(({ message }) => message.id === id) ?? expect.fail(`${id} was not delivered`)
