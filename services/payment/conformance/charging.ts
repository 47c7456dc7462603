/** An order is captured at most once, and business outcomes are return values. */
import { neverAborted, on, required } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import { anOrder, entryOf, keysDeletedMs, type Suite, untilLedger } from './harness.ts'

export const charging = (suite: Suite) =>
  describe('charge', () => {
    const { methods, movesClock } = suite.features

    it.each([
      [4_500, 'EUR'],
      [1_234_567, 'USD'],
      [500, 'JPY'],
    ])('captures %d minor units of %s', (amount, currency) =>
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), anOrder(amount, currency)]
        const captured = { status: 'captured', reference: expect.any(String), amount, currency }
        expect(await order.charge(gateway, methods.captured)).toEqual(captured)
        expect(await order.lookup(gateway)).toEqual({ ...captured, reference: order.reference() })
        await untilLedger(gateway, order, { currencies: [currency], captured: amount, captures: 1 })
      })(),
    )

    it.each([0, -1, 0.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1])(
      'rejects an amount of %d before it creates an object',
      (amount) =>
        on(suite, async (harness) => {
          const [gateway, order] = [harness.open(), anOrder(amount)]
          await expect(order.charge(gateway, methods.captured)).rejects.toThrow(RangeError)
          expect(order.reference()).toBeNull()
          expect(await entryOf(gateway, order)).toBeUndefined()
        })(),
    )

    it(
      'lets the caller store the object before it confirms it',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), anOrder()]
        const before: unknown[] = []
        const look = async (reference: string) => void before.push(await gateway.lookup(reference))
        await order.charge(gateway, methods.captured, { beforeStored: look, beforeConfirmed: look })
        const unconfirmed = { status: 'unconfirmed', reference: order.reference() }
        expect(before).toEqual([unconfirmed, unconfirmed])
      }),
    )

    it(
      'confirms nothing without permission',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), anOrder()]
        const request = { ...order, method: methods.captured }
        expect(await gateway.charge(request, async () => null, neverAborted)).toEqual({ status: 'stopped' })
        const storeFails = () => Promise.reject(new Error('no database'))
        await expect(gateway.charge(request, storeFails, neverAborted)).rejects.toThrow('no database')
        await untilLedger(gateway, order, { captured: 0, captures: 0 })
      }),
    )

    it(
      'captures once if it is repeated, also by another process',
      on(suite, async (harness) => {
        const order = anOrder()
        const first = await order.charge(harness.open(), methods.captured)
        expect(await order.charge(harness.open(), methods.captured)).toEqual(first)
        expect(await order.charge(harness.open(), methods.captured, { attempt: 1 })).toEqual(first)
        await untilLedger(harness.open(), order, { captured: order.amount, captures: 1 })
      }),
    )

    it(
      'captures once for concurrent calls of several processes, and returns the capture to all of them',
      on(suite, async (harness) => {
        const gateways = [harness.open(), harness.open(), harness.open()]
        const orders = Array.from({ length: 10 }, () => anOrder())
        const charged = orders.map(async (order) => {
          const outcomes = await Promise.all(gateways.map((gateway) => order.charge(gateway, methods.captured)))
          const captured = { status: 'captured', reference: order.reference() }
          for (const outcome of outcomes) expect(outcome).toMatchObject(captured)
        })
        await Promise.all(charged)
        for (const order of orders)
          await untilLedger(harness.open(), order, { captured: order.amount, captures: 1, unconfirmed: [] })
      }),
    )

    it.each([
      [methods.declined.method, methods.declined.code],
      [methods.insufficientFunds, 'insufficient_funds'],
    ])('returns a final decline for %s', (method, code) =>
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), anOrder()]
        const outcome = await order.charge(gateway, method)
        expect(outcome).toEqual({ status: 'declined', reference: order.reference(), code })
        expect(await order.charge(harness.open(), methods.captured)).toEqual(outcome)
        expect(await order.lookup(gateway)).toEqual(outcome)
        await untilLedger(gateway, order, { captured: 0, captures: 0, processing: false, unconfirmed: [] })
      })(),
    )

    if (methods.responseLost !== null) {
      const { responseLost } = methods
      it(
        'looks up the outcome if the response is lost',
        on(suite, async (harness) => {
          const [gateway, order] = [harness.open(), anOrder()]
          expect(await order.charge(gateway, responseLost)).toMatchObject({ status: 'captured', amount: order.amount })
          await untilLedger(gateway, order, { captured: order.amount, captures: 1 })
        }),
      )
    }

    if (movesClock) {
      it(
        'confirms the payment intent that was stored first after the gateway has deleted its keys',
        on(suite, async (harness) => {
          const [gateway, order] = [harness.open(), anOrder()]
          const first = await order.charge(gateway, methods.captured)
          required(harness.advance)(keysDeletedMs)
          expect(await order.charge(gateway, methods.captured)).toEqual(first)
          await untilLedger(gateway, order, { captured: order.amount, captures: 1 })
        }),
      )
    }
  })
