/**
 * The conformance suite of channels. It uses a channel through the port only. The tests of a channel call it with a
 * harness and the features of the transport, and add tests of their own.
 */

import type { OrderOccasion } from '@quadrille/events'
import { TaskError } from '@quadrille/service'
import { neverAborted, on, required } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import type { Channel } from '../src/channels/channel.ts'
import type { Notice } from '../src/domain/notification-log.ts'
import { aNotice, type ChannelSuite } from './harness.ts'

export type { ChannelHarness, ChannelSuite } from './harness.ts'

const occasions: readonly OrderOccasion[] = [
  'order_placed',
  'order_fulfilled',
  'order_cancelled',
  'payment_refunded',
  'refund_failed',
]

const failureOf = async (channel: Channel, notice: Notice): Promise<TaskError> => {
  const error: unknown = await channel.deliver(notice, neverAborted).then(
    () => expect.fail('The message was delivered.'),
    (reason: unknown) => reason,
  )
  return error instanceof TaskError ? error : expect.fail(`${error} is not a TaskError.`)
}

/**
 * Defines the tests for a vitest file. Each runs on its own harness, and disposes of it. A delivery returns an outcome, or
 * throws an error that controls the retries.
 */
export const channelConformance = (name: string, suite: ChannelSuite) =>
  describe(name, () => {
    const { transport, refusal, defers } = suite.features
    const delivered = transport
      ? { outcome: 'sent' }
      : { outcome: 'stored', subject: expect.any(String), text: expect.any(String) }

    it.each(occasions)('a notification on %s reaches the customer', (occasion) =>
      on(suite, async (harness) => {
        const notice = aNotice(occasion)
        const result = await harness.open().deliver(notice, neverAborted)
        expect(result).toEqual(delivered)
        const contents =
          result.outcome === 'stored' ? [result.text] : (await harness.received()).map(({ content }) => content)
        expect(contents).toEqual([expect.stringContaining(notice.orderId)])
      })(),
    )

    it(
      'has bounds for the duration of a delivery and for concurrent deliveries',
      on(suite, async (harness) => {
        const { timeoutMs, concurrency } = harness.open()
        expect([timeoutMs > 0 && timeoutMs <= 600_000, concurrency >= 1]).toEqual([true, true])
      }),
    )

    if (transport) {
      it(
        'a notification keeps its id when it is sent again, also by another process, and has a different id on another occasion',
        on(suite, async (harness) => {
          const notice = aNotice()
          for (const channel of [harness.open(), harness.open()]) await channel.deliver(notice, neverAborted)
          await harness.open().deliver({ ...notice, occasion: 'order_fulfilled' }, neverAborted)
          const [first, second, third] = (await harness.received()).map(({ id }) => id)
          expect(first).not.toBe('')
          expect(second).toBe(first)
          expect(third).not.toBe(first)
        }),
      )

      it(
        'a notification is retried during an outage of the transport',
        on(suite, async (harness) => {
          const channel = harness.open()
          await required(harness.startOutage)()
          expect(await failureOf(channel, aNotice())).toMatchObject({ outage: true })
          expect(await harness.received()).toEqual([])
        }),
      )

      it(
        'a notification that may have been accepted fails without an outage, and its copies are limited',
        on(suite, async (harness) => {
          required(harness.loseConfirmations)()
          expect(await failureOf(harness.open(), aNotice())).toMatchObject({ outage: undefined, limited: true })
          expect(await harness.received()).toHaveLength(1)
        }),
      )

      it(
        'a notification is abandoned when the service stops',
        on(suite, async (harness) => {
          await expect(harness.open().deliver(aNotice(), AbortSignal.abort())).rejects.toThrow()
          expect(await harness.received()).toEqual([])
        }),
      )
    }

    if (refusal !== null) {
      it(
        'a notification with a refused address has a final outcome',
        on(suite, async (harness) => {
          required(harness.refuseNext)()
          const result = await harness.open().deliver(aNotice(), neverAborted)
          expect(result).toEqual({ outcome: 'refused', code: refusal })
          expect(await harness.received()).toEqual([])
        }),
      )
    }

    if (defers) {
      it(
        'a notification that the transport defers fails without an outage, and is accepted the next time',
        on(suite, async (harness) => {
          const [channel, notice] = [harness.open(), aNotice()]
          required(harness.deferNext)()
          expect(await failureOf(channel, notice)).toMatchObject({ outage: false })
          expect(await channel.deliver(notice, neverAborted)).toEqual(delivered)
        }),
      )
    }
  })
