/** Failed calls throw. If the outcome is unknown, the error states whether there is an outage. */
import { on, required } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import { anOrder, itWith, type Suite, untilLedger } from './harness.ts'

export const failing = (suite: Suite) =>
  describe('failures', () => {
    const { methods } = suite.features
    const { failsTwice } = methods

    it(
      'a call for a missing object throws',
      on(suite, async (harness) => {
        const [gateway, reference] = [harness.open(), 'no_such_object']
        await expect(gateway.lookup(reference)).rejects.toThrow()
        await expect(gateway.refund({ reference, round: 1, attempt: 1 })).rejects.toThrow()
        await expect(gateway.cancel({ ...anOrder(), reference })).rejects.toThrow()
      }),
    )

    itWith(failsTwice !== null)(
      'a confirmation fails again under the same key, and a later attempt captures',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), anOrder()]
        for (const attempt of [1, 1, 1, 2])
          await expect(order.charge(harness.open(), required(failsTwice), { attempt })).rejects.toMatchObject({
            name: 'OutcomeUnknown',
            outage: false, // the gateway has responded
          })
        expect(await order.charge(gateway, required(failsTwice), { attempt: 3 })).toMatchObject({ status: 'captured' })
        await untilLedger(gateway, order, { captured: order.amount, captures: 1 })
      }),
    )

    it.each([undefined, 3_000])(
      'a gateway that does not respond is an outage, with a retry after %s ms',
      (retryAfterMs) =>
        on(suite, async (harness) => {
          const [gateway, order, paid] = [harness.open(), anOrder(), anOrder()]
          await paid.charge(gateway, methods.captured)
          harness.cutOff(retryAfterMs)
          const outage = { name: 'OutcomeUnknown', outage: true, retryAfterMs }
          await expect(order.charge(gateway, methods.captured)).rejects.toMatchObject(outage)
          await expect(order.cancel(gateway)).rejects.toMatchObject(outage)
          await expect(paid.lookup(gateway)).rejects.toMatchObject(outage)
          await expect(paid.refund(gateway)).rejects.toMatchObject(outage)
          harness.reconnect()
          expect(await order.charge(gateway, methods.captured)).toMatchObject({ status: 'captured' })
          expect(await paid.refund(gateway)).toEqual({ status: 'refunded' })
          await untilLedger(gateway, order, { captures: 1 })
          await untilLedger(gateway, paid, { captures: 1, refunds: 1 })
        })(),
    )
  })
