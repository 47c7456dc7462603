/** Delivery of messages to consumers. */
import { describe, expect, it } from 'vitest'
import type { Delivery } from '../src/index.ts'
import {
  ackAll,
  aPair,
  connected,
  ids,
  type MakeHarness,
  type Observed,
  observe,
  on,
  outbox,
  sorted,
  until,
} from './harness.ts'

export const delivering = (makeHarness: MakeHarness) =>
  describe('delivering', () => {
    it(
      'keeps the order of a publisher if no delivery fails',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const { ids: arrived } = observe(harness.join(to), inbox, { handle: ackAll })
        await outbox(harness.join(from).publisher, events, ids(500))
        await until(arrived).toEqual(ids(500))
      }),
    )

    it(
      'delivers each message to one of the competing consumers, and distributes them',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const take = { prefetch: 1, handle: (delivery: Delivery) => void setImmediate(() => delivery.ack()) }
        const [first, second] = [await connected(harness, to), await connected(harness, to)]
        const [one, other] = [observe(first, inbox, take), observe(second, inbox, take)]
        await outbox(harness.join(from).publisher, events, ids(100))
        await until(() => sorted([...one.ids(), ...other.ids()])).toEqual(sorted(ids(100)))
        expect(Math.min(one.deliveries.length, other.deliveries.length)).toBeGreaterThan(10)
      }),
    )

    it(
      'limits unsettled deliveries to the prefetch',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const waiting: Delivery[] = []
        let most = 0
        const handle = (delivery: Delivery) => {
          most = Math.max(most, waiting.push(delivery))
        }
        const { deliveries } = observe(harness.join(to), inbox, { prefetch: 7, handle })
        const sent = outbox(harness.join(from).publisher, events, ids(50))
        await until(() => waiting.length).toBe(7)
        await until(() => {
          waiting.shift()?.ack()
          return deliveries.length
        }).toBe(50)
        for (const delivery of waiting) delivery.ack()
        await sent
        expect(most).toBe(7)
      }),
    )

    it(
      'delivers in a later turn of the event loop than the publishing',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const { deliveries } = observe(harness.join(to), inbox, { handle: ackAll })
        const { publisher } = harness.join(from)
        await until(() => publisher.waitingFor()).toBeNull()
        const sent = outbox(publisher, events, ['m1'])
        expect(deliveries).toEqual([])
        await sent
        await until(() => deliveries.length).toBe(1)
      }),
    )

    it(
      'does not deliver a message in transit to a stopped consumer',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const stopAtTwenty = (delivery: Delivery) => {
          delivery.ack()
          if (stopping.deliveries.length === 20) void stopping.consumer.stop()
        }
        const stopping: Observed = observe(await connected(harness, to), inbox, { handle: stopAtTwenty })
        const staying = observe(harness.join(to), inbox, { handle: ackAll })
        await outbox(harness.join(from).publisher, events, ids(300))
        await until(() => sorted([...stopping.ids(), ...staying.ids()])).toEqual(sorted(ids(300)))
        expect(stopping.deliveries.length).toBe(20)
      }),
    )

    it(
      'delivers no more messages to a stopped consumer, which can still settle the others',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const [stopping, staying] = [await connected(harness, to), harness.join(to)]
        const stopped = observe(stopping, inbox, { prefetch: 2 })
        const { publisher } = harness.join(from)
        const first = outbox(publisher, events, ids(2))
        await until(() => stopped.deliveries.length).toBe(2)
        const stays = observe(staying, inbox, { handle: ackAll })
        await stopped.consumer.stop()
        await outbox(publisher, events, ['after'])
        for (const delivery of stopped.deliveries) delivery.ack()
        await first
        await stopping.leave()
        await outbox(publisher, events, ['last'])
        await until(stays.ids).toEqual(['after', 'last'])
        expect(stopped.ids()).toEqual(ids(2))
      }),
    )
  })
