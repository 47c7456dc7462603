/** A cancellation is final: either nothing is ever captured, or the cancellation reports the capture. */
import { on, required } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import { anOrder, entryOf, itWith, keysDeletedMs, type Suite, until, untilLedger } from './harness.ts'

/** Enough races for each side to win some. */
const races = 30

export const cancelling = (suite: Suite) =>
  describe('cancel', () => {
    const { methods, movesClock, rejectedTerms } = suite.features
    const { slow } = methods

    it(
      'prevents a later charge',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), anOrder()]
        const cancelled = await order.cancel(gateway)
        expect(cancelled).toEqual({ status: 'cancelled', reference: expect.any(String) })
        expect(await order.charge(harness.open(), methods.captured)).toEqual(cancelled)
        expect(await order.cancel(harness.open())).toEqual(cancelled)
        await untilLedger(gateway, order, { captured: 0, captures: 0, unconfirmed: [] })
      }),
    )

    itWith(rejectedTerms !== null)(
      'is complete without a payment intent if the gateway rejects the terms',
      on(suite, async (harness) => {
        const { amount, currency } = required(rejectedTerms)
        const [gateway, order] = [harness.open(), anOrder(amount, currency)]
        const cancelled = { status: 'cancelled', reference: null }
        for (const at of [gateway, harness.open()]) expect(await order.cancel(at)).toEqual(cancelled)
        expect(await order.charge(gateway, methods.captured)).toMatchObject({ status: 'declined', reference: null })
        expect(await entryOf(gateway, order)).toBeUndefined()
      }),
    )

    itWith(rejectedTerms !== null)(
      'finds an earlier capture without a known reference before it rejects the terms',
      on(suite, async (harness) => {
        const { amount, currency } = required(rejectedTerms)
        const [gateway, order] = [harness.open(), anOrder()]
        const captured = await order.charge(gateway, methods.captured)
        const { orderId } = order
        expect(await gateway.cancel({ orderId, amount, currency, reference: null })).toEqual(captured)
        await untilLedger(gateway, order, { captured: order.amount, captures: 1, unconfirmed: [] })
      }),
    )

    it(
      'prevents the charge of a worker that has permission but has not confirmed yet',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), anOrder()]
        const cancel = async () => expect(await order.cancel(harness.open())).toMatchObject({ status: 'cancelled' })
        const outcome = await order.charge(gateway, methods.captured, { beforeConfirmed: cancel })
        expect(outcome).toEqual({ status: 'cancelled', reference: order.reference() })
        await untilLedger(gateway, order, { captured: 0, captures: 0 })
      }),
    )

    it(
      'reports an earlier capture with its amount',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), anOrder()]
        const captured = await order.charge(gateway, methods.captured)
        expect(await order.cancel(harness.open())).toEqual(captured)
        await untilLedger(gateway, order, { captured: order.amount, captures: 1, refunded: 0 })
      }),
    )

    it(
      'reports a cancellation after a decline',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), anOrder()]
        await order.charge(gateway, methods.declined.method)
        expect(await order.cancel(gateway)).toEqual({ status: 'cancelled', reference: order.reference() })
      }),
    )

    it(
      'returns the same outcome as a concurrent charge',
      on(suite, async (harness) => {
        const [charging, cancelling] = [harness.open(), harness.open()]
        const orders = Array.from({ length: races }, () => anOrder())
        const race = async (order: (typeof orders)[number]) => {
          const [charged, cancelled] = await Promise.all([
            order.charge(charging, methods.captured),
            order.cancel(cancelling),
          ])
          expect(charged).toEqual(cancelled)
          return charged.status
        }
        const ends = await Promise.all(orders.map(race))
        for (const [index, order] of orders.entries()) {
          const captures = ends[index] === 'captured' ? 1 : 0
          await untilLedger(harness.open(), order, { captures, captured: captures * order.amount, unconfirmed: [] })
        }
      }),
    )

    itWith(slow !== null)(
      'throws OutcomeUnknown while a confirmation is being processed, and reports its outcome afterwards',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), anOrder()]
        const unknown = { name: 'OutcomeUnknown', outage: false }
        await expect(order.charge(gateway, required(slow), { signal: AbortSignal.abort() })).rejects.toMatchObject(
          unknown,
        )
        await expect(order.cancel(gateway)).rejects.toMatchObject(unknown)
        await untilLedger(gateway, order, { captured: 0, processing: true })
        harness.advance?.(60_000)
        await until(() => order.lookup(gateway)).toMatchObject({ status: 'captured', amount: order.amount })
        expect(await order.cancel(gateway)).toMatchObject({ status: 'captured', amount: order.amount })
        await untilLedger(gateway, order, { captures: 1, processing: false })
      }),
    )

    itWith(movesClock)(
      'cancels the stored object after the gateway has deleted its keys',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), anOrder()]
        const cancelLater = async () => {
          required(harness.advance)(keysDeletedMs)
          expect(await order.cancel(gateway)).toEqual({ status: 'cancelled', reference: order.reference() })
        }
        const outcome = await order.charge(gateway, methods.captured, { beforeConfirmed: cancelLater })
        expect(outcome).toEqual({ status: 'cancelled', reference: order.reference() })
      }),
    )
  })
