/** A capture is refunded once, and never by more than its amount. */
import { claimed, on } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import { anOrder, type GatewayHarness, keysForgottenMs, type Suite, untilLedger } from './harness.ts'

const aCaptured = async (harness: GatewayHarness, method: string) => {
  const order = anOrder()
  expect(await order.charge(harness.open(), method)).toMatchObject({ status: 'captured' })
  return order
}

export const refunding = (suite: Suite) =>
  describe('a refund', () => {
    const { methods, movesClock } = suite.features
    const unknown = { name: 'OutcomeUnknown', outage: false }

    it(
      'returns all that was captured, once: under the same key, under others, and in other rounds',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), await aCaptured(harness, methods.captured)]
        const calls = [{}, {}, { attempt: 2 }, { round: 2 }]
        for (const call of calls) expect(await order.refund(gateway, call)).toEqual({ status: 'refunded' })
        await untilLedger(gateway, order, { captured: order.amount, refunded: order.amount, refunds: 1 })
      }),
    )

    it(
      'by several processes at once is made once, and all of them learn it',
      on(suite, async (harness) => {
        const order = await aCaptured(harness, methods.captured)
        const calls = [1, 2, 3].flatMap((attempt) => [harness.open(), harness.open()].map((at) => ({ at, attempt })))
        const outcomes = await Promise.all(calls.map(({ at, attempt }) => order.refund(at, { attempt })))
        expect(outcomes).toEqual(calls.map(() => ({ status: 'refunded' })))
        await untilLedger(harness.open(), order, { refunded: order.amount, refunds: 1 })
      }),
    )

    it(
      'without a capture is refused',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), anOrder()]
        await order.charge(gateway, methods.declined.method)
        expect(await order.refund(gateway)).toMatchObject({ status: 'refused', code: expect.any(String) })
        await untilLedger(gateway, order, { refunded: 0, refunds: 0 })
      }),
    )

    if (methods.refundRefused !== null) {
      const { method, code } = methods.refundRefused
      it(
        'that is refused is an outcome, and returns no money',
        on(suite, async (harness) => {
          const [gateway, order] = [harness.open(), await aCaptured(harness, method)]
          for (const attempt of [1, 1, 2])
            expect(await order.refund(gateway, { attempt })).toEqual({ status: 'refused', code })
          await untilLedger(gateway, order, { captured: order.amount, refunded: 0, refunds: 0 })
        }),
      )
    }

    if (methods.refundFailsTwice !== null) {
      const { refundFailsTwice } = methods
      it(
        'that has failed is repeated under the same key, and made under a later one',
        on(suite, async (harness) => {
          const [gateway, order] = [harness.open(), await aCaptured(harness, refundFailsTwice)]
          for (const attempt of [1, 1, 1, 2])
            await expect(order.refund(harness.open(), { attempt })).rejects.toMatchObject(unknown)
          expect(await order.refund(gateway, { attempt: 3 })).toEqual({ status: 'refunded' })
          await untilLedger(gateway, order, { refunded: order.amount, refunds: 1 })
        }),
      )
    }

    if (movesClock) {
      it(
        'is not made again after the gateway has forgotten its keys',
        on(suite, async (harness) => {
          const [gateway, order] = [harness.open(), await aCaptured(harness, methods.captured)]
          await order.refund(gateway)
          claimed(harness.advance)(keysForgottenMs)
          expect(await order.refund(gateway)).toEqual({ status: 'refunded' })
          await untilLedger(gateway, order, { refunded: order.amount, refunds: 1 })
        }),
      )
    }
  })
