/** A delivery returns an outcome, or throws an error that controls the retries. */

import type { Occasion } from '@quadrille/events'
import { TaskError } from '@quadrille/service'
import { claimed, neverAborted, on } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import type { Channel } from '../src/channels/channel.ts'
import type { Notice } from '../src/domain/notification-log.ts'
import { aNotice, type ChannelSuite } from './harness.ts'

const occasions: readonly Occasion[] = [
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

export const delivering = (suite: ChannelSuite) =>
  describe('a notification', () => {
    const { transport, refusal, putsOff, retryAfter } = suite.features
    const delivered = transport
      ? { outcome: 'sent' }
      : { outcome: 'kept', subject: expect.any(String), text: expect.any(String) }

    it.each(occasions)('on %s reaches the customer', (occasion) =>
      on(suite, async (harness) => {
        const notice = aNotice(occasion)
        const fate = await harness.open().deliver(notice, neverAborted)
        expect(fate).toEqual(delivered)
        const contents =
          fate.outcome === 'kept' ? [fate.text] : (await harness.received()).map(({ content }) => content)
        expect(contents).toEqual([expect.stringContaining(notice.orderId)])
      })(),
    )

    it(
      'has bounds for its duration and for concurrent deliveries',
      on(suite, async (harness) => {
        const { atMostMs, atOnce } = harness.open()
        expect([atMostMs > 0 && atMostMs <= 600_000, atOnce >= 1]).toEqual([true, true])
      }),
    )

    if (transport) {
      it(
        'keeps its id when it is sent again, also by another process, and has a different id on another occasion',
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
        'during an outage of the transport is retried',
        on(suite, async (harness) => {
          const channel = harness.open()
          await claimed(harness.breakDown)()
          expect(await failureOf(channel, aNotice())).toMatchObject({ outage: true })
          expect(await harness.received()).toEqual([])
        }),
      )

      it(
        'is abandoned when the service stops',
        on(suite, async (harness) => {
          await expect(harness.open().deliver(aNotice(), AbortSignal.abort())).rejects.toThrow()
          expect(await harness.received()).toEqual([])
        }),
      )
    }

    if (refusal !== null) {
      it(
        'with a refused address has a final outcome',
        on(suite, async (harness) => {
          claimed(harness.refuseNext)()
          const fate = await harness.open().deliver(aNotice(), neverAborted)
          expect(fate).toEqual({ outcome: 'refused', code: refusal })
          expect(await harness.received()).toEqual([])
        }),
      )
    }

    if (putsOff) {
      it(
        'that the transport defers is a failure of that message and not an outage, and a later message is accepted',
        on(suite, async (harness) => {
          const [channel, notice] = [harness.open(), aNotice()]
          claimed(harness.putOffNext)()
          expect(await failureOf(channel, notice)).toMatchObject({ outage: false })
          expect(await channel.deliver(notice, neverAborted)).toEqual(delivered)
        }),
      )
    }

    if (retryAfter) {
      it(
        'waits for the time that the transport requests',
        on(suite, async (harness) => {
          const channel = harness.open()
          await claimed(harness.breakDown)(30_000)
          expect(await failureOf(channel, aNotice())).toMatchObject({ outage: true, retryAfterMs: 30_000 })
        }),
      )
    }
  })
