/** A capture is refunded once, by its whole amount. */
import { on, required } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import { anOrder, type GatewayHarness, itWith, keysDeletedMs, type Suite, until, untilLedger } from './harness.ts'

const aCapturedOrder = async (harness: GatewayHarness, method: string) => {
  const order = anOrder()
  expect(await order.charge(harness.open(), method)).toMatchObject({ status: 'captured' })
  return order
}

export const refunding = (suite: Suite) =>
  describe('refund', () => {
    const { methods, movesClock } = suite.features
    const { refundRefused, refundFailsTwice, refundSlow } = methods
    const unknown = { name: 'OutcomeUnknown', outage: false }

    it(
      'refunds the captured amount once: under the same key, under another key, and in another round',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), await aCapturedOrder(harness, methods.captured)]
        const calls = [{}, {}, { attempt: 2 }, { round: 2 }]
        for (const call of calls) expect(await order.refund(gateway, call)).toEqual({ status: 'refunded' })
        await untilLedger(gateway, order, { captured: order.amount, refunded: order.amount, refunds: 1 })
      }),
    )

    it(
      'refunds once for concurrent calls of several processes, and returns the outcome to all of them',
      on(suite, async (harness) => {
        const order = await aCapturedOrder(harness, methods.captured)
        const calls = [1, 2, 3].flatMap((attempt) => [harness.open(), harness.open()].map((at) => ({ at, attempt })))
        const outcomes = await Promise.all(calls.map(({ at, attempt }) => order.refund(at, { attempt })))
        expect(outcomes).toEqual(calls.map(() => ({ status: 'refunded' })))
        await untilLedger(harness.open(), order, { refunded: order.amount, refunds: 1 })
      }),
    )

    it(
      'is refused without a capture',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), anOrder()]
        await order.charge(gateway, methods.declined.method)
        expect(await order.refund(gateway)).toMatchObject({ status: 'refused', code: expect.any(String) })
        await untilLedger(gateway, order, { refunded: 0, refunds: 0 })
      }),
    )

    itWith(refundRefused !== null)(
      'returns a refusal as an outcome, and refunds nothing',
      on(suite, async (harness) => {
        const { method, code } = required(refundRefused)
        const [gateway, order] = [harness.open(), await aCapturedOrder(harness, method)]
        for (const attempt of [1, 1, 2])
          expect(await order.refund(gateway, { attempt })).toEqual({ status: 'refused', code })
        await untilLedger(gateway, order, { captured: order.amount, refunded: 0, refunds: 0 })
      }),
    )

    itWith(refundFailsTwice !== null)(
      'fails again under the same key, and succeeds under a later one',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), await aCapturedOrder(harness, required(refundFailsTwice))]
        for (const attempt of [1, 1, 1, 2])
          await expect(order.refund(harness.open(), { attempt })).rejects.toMatchObject(unknown)
        expect(await order.refund(gateway, { attempt: 3 })).toEqual({ status: 'refunded' })
        await untilLedger(gateway, order, { refunded: order.amount, refunds: 1 })
      }),
    )

    itWith(refundSlow !== null)(
      'throws OutcomeUnknown while a refund is pending, and a later attempt finds this refund',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), await aCapturedOrder(harness, required(refundSlow))]
        for (const attempt of [1, 1, 2])
          await expect(order.refund(harness.open(), { attempt })).rejects.toMatchObject(unknown)
        harness.advance?.(60_000)
        let attempt = 2
        const retry = () => {
          attempt += 1
          return order.refund(gateway, { attempt })
        }
        await until(retry).toEqual({ status: 'refunded' })
        await untilLedger(gateway, order, { refunded: order.amount, refunds: 1 })
      }),
    )

    itWith(movesClock)(
      'refunds nothing more after the gateway has deleted its keys',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), await aCapturedOrder(harness, methods.captured)]
        await order.refund(gateway)
        required(harness.advance)(keysDeletedMs)
        expect(await order.refund(gateway)).toEqual({ status: 'refunded' })
        await untilLedger(gateway, order, { refunded: order.amount, refunds: 1 })
      }),
    )
  })
