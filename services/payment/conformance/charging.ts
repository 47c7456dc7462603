/** An order is captured at most once, and business outcomes are return values. */
import { neverAborted, on, required } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import { anOrder, entryOf, itWith, keysDeletedMs, type Suite, untilLedger } from './harness.ts'

export const charging = (suite: Suite) =>
  describe('charge', () => {
    const { methods, movesClock, rejectedTerms } = suite.features
    const { responseLost } = methods

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
      'confirms the payment intent to which permission is given, not the one that it has offered',
      on(suite, async (harness) => {
        const [gateway, order, other] = [harness.open(), anOrder(), anOrder()]
        const offered: string[] = []
        const keep = async (reference: string) => {
          offered.push(reference)
          return null
        }
        await gateway.charge({ ...other, method: methods.captured }, keep, neverAborted)
        const [reference = expect.fail('No payment intent was offered.')] = offered
        const permit = async () => ({ reference, attempt: 1 })
        const charged = await gateway.charge({ ...order, method: methods.captured }, permit, neverAborted)
        expect(charged).toMatchObject({ status: 'captured', reference })
        await untilLedger(gateway, other, { captured: other.amount, captures: 1 })
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

    it(
      'returns a decline also to a worker that has permission but has not confirmed yet',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), anOrder()]
        const { method, code } = methods.declined
        const declined = { status: 'declined', reference: expect.any(String), code }
        const decline = async () => expect(await order.charge(harness.open(), method)).toEqual(declined)
        expect(await order.charge(gateway, methods.captured, { beforeConfirmed: decline })).toEqual(declined)
        await untilLedger(gateway, order, { captured: 0, captures: 0 })
      }),
    )

    itWith(rejectedTerms !== null)(
      'declines terms that the gateway rejects, without a payment intent',
      on(suite, async (harness) => {
        const { amount, currency, code } = required(rejectedTerms)
        const [gateway, order] = [harness.open(), anOrder(amount, currency)]
        for (const at of [gateway, harness.open()])
          expect(await order.charge(at, methods.captured)).toEqual({ status: 'declined', reference: null, code })
        expect(order.reference()).toBeNull()
        expect(await order.cancel(gateway)).toEqual({ status: 'cancelled', reference: null })
        expect(await entryOf(gateway, order)).toBeUndefined()
      }),
    )

    itWith(rejectedTerms !== null)(
      'finds an earlier capture before it rejects the terms',
      on(suite, async (harness) => {
        const { amount, currency } = required(rejectedTerms)
        const [gateway, order] = [harness.open(), anOrder()]
        const captured = await order.charge(gateway, methods.captured)
        const request = { orderId: order.orderId, amount, currency, method: methods.captured }
        const permit = async (reference: string) => ({ reference, attempt: 2 })
        expect(await gateway.charge(request, permit, neverAborted)).toEqual(captured)
        await untilLedger(gateway, order, { captured: order.amount, captures: 1, unconfirmed: [] })
      }),
    )

    itWith(responseLost !== null)(
      'looks up the outcome if the response is lost',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), anOrder()]
        const charged = await order.charge(gateway, required(responseLost))
        expect(charged).toMatchObject({ status: 'captured', amount: order.amount })
        await untilLedger(gateway, order, { captured: order.amount, captures: 1 })
      }),
    )

    itWith(movesClock)(
      'confirms the payment intent that was stored first after the gateway has deleted its keys',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), anOrder()]
        const first = await order.charge(gateway, methods.captured)
        required(harness.advance)(keysDeletedMs)
        const unconfirmed: string[] = []
        const beforeStored = async (offered: string) => {
          if (offered !== order.reference()) unconfirmed.push(offered)
        }
        expect(await order.charge(gateway, methods.captured, { beforeStored })).toEqual(first)
        await untilLedger(gateway, order, { captured: order.amount, captures: 1, unconfirmed })
      }),
    )
  })
