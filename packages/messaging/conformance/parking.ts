/** Messages that are given up, and messages that crash their consumer. */
import { describe, expect, it } from 'vitest'
import type { DeadLetter, Delivery } from '../src/index.ts'
import { ackAll, aMessage, aPair, type Harness, ids, type MakeHarness, observe, on, outbox, until } from './harness.ts'

const cause = { reason: 'not_wanted', error: new TypeError('there is no such thing') }
const notYet = { error: new Error('not yet'), delayMs: 0 }

export const parking = (makeHarness: MakeHarness) =>
  describe('parking', () => {
    it(
      'stores a dead letter with all details of the message and its failures, and does not deliver the message again',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const handle = (delivery: Delivery) => (delivery.attempts === 0 ? delivery.retry(notYet) : delivery.park(cause))
        const parking = harness.join(to)
        observe(parking, inbox, { handle })
        const { publisher } = harness.join(from)
        await until(() => publisher.waitingFor()).toBeNull()
        const message = aMessage('m1', {
          body: Uint8Array.of(0, 255, 10, 128),
          headers: { traceparent: '00-ab-cd-01' },
        })
        await publisher.publish(events, message)
        await until(() => deadLettersOf(harness, to).length).toBe(1)
        const [deadLetter] = deadLettersOf(harness, to)
        expect(deadLetter).toMatchObject({
          queue: inbox,
          exchange: events.exchange,
          reason: 'not_wanted',
          error: cause.error.message,
          attempts: 2,
        })
        expect(deadLetter?.stack).toContain('TypeError: there is no such thing')
        expect({ ...deadLetter?.message, body: [...(deadLetter?.message.body ?? [])] }).toEqual({
          ...message,
          body: [...message.body],
        })
        const [first, last] = [deadLetter?.firstFailedAt.getTime() ?? 0, deadLetter?.lastFailedAt.getTime() ?? 0]
        expect([first > Date.now() - 60_000, last > first, last <= Date.now()]).toEqual([true, true, true])
        await parking.leave()
        const after = observe(harness.join(to), inbox, { handle: ackAll })
        await outbox(publisher, events, ['m2'])
        await until(after.ids).toEqual(['m2'])
      }),
    )

    it(
      'keeps every byte of an unreadable message',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        observe(harness.join(to), inbox, { handle: (delivery) => delivery.park(cause) })
        const { publisher } = harness.join(from)
        await until(() => publisher.waitingFor()).toBeNull()
        const bodies = [
          Buffer.alloc(0),
          Buffer.from('{"cut": '),
          Buffer.alloc(1_000_000, 7),
          Buffer.alloc(10_000_000, 255),
        ]
        const nothing = { type: '', correlationId: '', appId: '', contentType: '' }
        await Promise.all(bodies.map((body, n) => publisher.publish(events, aMessage(`m${n}`, { ...nothing, body }))))
        await until(() => deadLettersOf(harness, to).length).toBe(bodies.length)
        for (const { message } of deadLettersOf(harness, to)) {
          expect(bodies[Number(message.id.slice(1))]?.equals(message.body), message.id).toBe(true)
          expect(message).toMatchObject(nothing)
        }
      }),
    )

    it(
      'waits for an unavailable store: other messages continue, and a message that is not stored is delivered again',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const { deadLetters } = harness.stores(to)
        deadLetters.unavailable = true
        const handle = (delivery: Delivery) => (delivery.message.id === 'm1' ? delivery.park(cause) : delivery.ack())
        const leaving = harness.join(to)
        const before = observe(leaving, inbox, { handle, prefetch: 2 })
        const sent = outbox(harness.join(from).publisher, events, ids(20))
        await until(before.ids).toEqual(ids(20))
        const after = observe(harness.join(to), inbox, { handle })
        await leaving.leave()
        await until(after.ids).toEqual(['m1'])
        expect(deadLettersOf(harness, to)).toEqual([])
        deadLetters.unavailable = false
        await until(() => deadLettersOf(harness, to).map(({ message }) => message.id)).toEqual(['m1'])
        await sent
      }),
    )

    it(
      'counts attempts over retries, even if a consumer crashes between them',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const dying = harness.join(to)
        const before = observe(dying, inbox, { handle: (delivery) => delivery.attempts < 1 && delivery.retry(notYet) })
        await outbox(harness.join(from).publisher, events, ['m1'])
        await until(() => before.deliveries.length).toBe(2)
        const after = observe(harness.join(to), inbox, { handle: (delivery) => delivery.park(cause) })
        await dying.leave()
        await until(() => deadLettersOf(harness, to).map(({ attempts }) => attempts)).toEqual([2])
        expect(after.deliveries.map(({ attempts, crashes }) => [attempts, crashes])).toEqual([[1, 1]])
      }),
    )

    it(
      'counts the attempts of a delivery that failed several times in memory, from the first one on',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const firstFailedAt = new Date('2026-01-01T12:00:00Z')
        const failures = { failedAttempts: 3, firstFailedAt }
        const park = (delivery: Delivery) => delivery.park({ ...cause, ...failures })
        observe(harness.join(to), inbox, { handle: park })
        await outbox(harness.join(from).publisher, events, ['m1'])
        await until(() => deadLettersOf(harness, to)).toMatchObject([{ attempts: 3, firstFailedAt }])
      }),
    )

    it(
      'keeps the attempts of such a delivery, and the time of the first one, over a retry',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const firstFailedAt = new Date('2026-01-01T12:00:00Z')
        const failure = { ...notYet, failedAttempts: 3, firstFailedAt }
        const handle = (delivery: Delivery) =>
          delivery.attempts === 0 ? delivery.retry(failure) : delivery.park({ ...cause, firstFailedAt: new Date() })
        observe(harness.join(to), inbox, { handle })
        await outbox(harness.join(from).publisher, events, ['m1'])
        await until(() => deadLettersOf(harness, to)).toMatchObject([{ attempts: 4, firstFailedAt }])
      }),
    )

    it(
      'has as the first failure that of a retry, at the time that its consumer gives',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const [firstFailedAt, lastFailedAt] = [new Date('2026-01-01T12:00:00Z'), new Date('2026-01-01T12:10:00Z')]
        const handle = (delivery: Delivery) =>
          delivery.attempts === 0
            ? delivery.retry({ ...notYet, failedAt: firstFailedAt })
            : delivery.park({ ...cause, failedAt: lastFailedAt })
        observe(harness.join(to), inbox, { handle })
        await outbox(harness.join(from).publisher, events, ['m1'])
        await until(() => deadLettersOf(harness, to)).toMatchObject([{ firstFailedAt, lastFailedAt }])
      }),
    )

    it(
      'counts the crashes of consumers that held a message, and resets the count after a failure',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const crashes: number[] = []
        const hold = (delivery: Delivery) => void crashes.push(delivery.crashes)
        let holding = harness.join(to)
        observe(holding, inbox, { handle: hold })
        const sent = outbox(harness.join(from).publisher, events, ['m1'])
        await until(() => crashes).toEqual([0])
        for (const seen of [1, 2, 3]) {
          const next = harness.join(to)
          const handle = seen < 3 ? hold : failOnce(hold)
          observe(next, inbox, { handle })
          await holding.leave()
          await until(() => crashes.slice(0, seen + 1)).toEqual([0, 1, 2, 3].slice(0, seen + 1))
          holding = next
        }
        await until(() => crashes).toEqual([0, 1, 2, 3, 0])
        await sent
      }),
    )

    it(
      'does not delay other messages by a second because one fails repeatedly',
      on(makeHarness, async (harness) => {
        const { publisher: from, consumer: to, inbox, events } = aPair()
        const arrivedAt = new Map<string, number>()
        let failures = 0
        const handle = (delivery: Delivery) => {
          if (delivery.message.id.startsWith('poison')) {
            failures += 1
            delivery.retry(notYet)
          } else {
            arrivedAt.set(delivery.message.id, performance.now())
            delivery.ack()
          }
        }
        observe(harness.join(to), inbox, { prefetch: 1, handle })
        const { publisher } = harness.join(from)
        await outbox(
          publisher,
          events,
          ids(5).map((id) => `poison-${id}`),
        )
        const delays: number[] = []
        for (const id of ids(20)) {
          const sentAt = performance.now()
          await outbox(publisher, events, [id])
          await until(() => arrivedAt.has(id)).toBe(true)
          delays.push((arrivedAt.get(id) ?? 0) - sentAt)
        }
        await until(() => failures).toBeGreaterThan(10)
        const median = delays.toSorted((one, other) => one - other)[delays.length / 2]
        expect(median).toBeLessThan(1_000) // the machine may pause now and then
      }),
    )
  })

const deadLettersOf = (harness: Harness, service: Parameters<Harness['stores']>[0]): DeadLetter[] => [
  ...harness.stores(service).deadLetters.stored.values(),
]

/** Fails a message once, and then holds it. */
const failOnce = (hold: (delivery: Delivery) => void) => (delivery: Delivery) => {
  hold(delivery)
  if (delivery.crashes > 0) delivery.retry(notYet)
}
