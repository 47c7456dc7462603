/** The depth of a queue, as reported to its consumers. */
import { describe, expect, it } from 'vitest'
import type { Delivery } from '../src/index.ts'
import { ackAll, aPair, connected, ids, type MakeHarness, observe, on, outbox, until } from './harness.ts'

export const depth = (makeHarness: MakeHarness) =>
  describe('depth', () => {
    it(
      'counts waiting messages, but not those that a consumer holds',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const { deliveries, consumer } = observe(harness.join(to), inbox, { prefetch: 2 })
        const sent = outbox(harness.join(from).publisher, events, ids(7))
        await until(() => consumer.depth()).toEqual({ messages: 5, consumers: 1 })
        expect(deliveries).toHaveLength(2)
        await until(() => {
          for (const delivery of deliveries) delivery.ack()
          return deliveries.length
        }).toBe(7)
        for (const delivery of deliveries) delivery.ack()
        await until(() => consumer.depth()).toEqual({ messages: 0, consumers: 1 })
        await sent
      }),
    )

    it(
      'counts all consumers of the queue, and returns null to a stopped one',
      on(makeHarness, async (harness) => {
        const { consumer: to, inbox } = aPair()
        const staying = observe(await connected(harness, to), inbox, { handle: ackAll })
        const leaver = harness.join(to)
        const leaving = observe(leaver, inbox, { handle: ackAll })
        const stopping = observe(harness.join(to), inbox, { handle: ackAll })
        await until(() => staying.consumer.depth()).toEqual({ messages: 0, consumers: 3 })
        await stopping.consumer.stop()
        await leaver.leave()
        await until(() => staying.consumer.depth()).toEqual({ messages: 0, consumers: 1 })
        expect([await leaving.consumer.depth(), await stopping.consumer.depth()]).toEqual([null, null])
      }),
    )

    it(
      'does not count messages that wait for a retry',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const failFirst = (delivery: Delivery) => {
          if (delivery.message.id === 'm1') delivery.retry({ error: new Error('not yet'), delayMs: 60_000 })
        }
        const {
          deliveries,
          ids: arrived,
          consumer,
        } = observe(harness.join(to), inbox, { prefetch: 1, handle: failFirst })
        const sent = outbox(harness.join(from).publisher, events, ids(3))
        await until(arrived).toEqual(['m1', 'm2'])
        await until(() => consumer.depth()).toEqual({ messages: 1, consumers: 1 })
        deliveries[1]?.ack()
        await until(arrived).toEqual(ids(3))
        deliveries[2]?.ack()
        await sent
      }),
    )
  })
