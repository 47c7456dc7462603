/** The ledger returns the totals of many orders in one call, for the audit. */

import { newOrderId } from '@quadrille/events'
import { on } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import { anOrder, type Suite, until } from './harness.ts'

export const ledger = (suite: Suite) =>
  describe('the ledger', () => {
    const { methods } = suite.features
    const first = '00000000-0000-0000-0000-000000000000'

    it(
      'returns the totals of many orders in one call',
      on(suite, async (harness) => {
        const gateway = harness.open()
        const orders = Array.from({ length: 60 }, (_, index) => anOrder(1_000 + index))
        await Promise.all(orders.map((order) => order.charge(gateway, methods.captured)))
        const refunded = orders.slice(0, 20)
        await Promise.all(refunded.map((order) => order.refund(gateway)))
        const orderIds = [...orders.map(({ orderId }) => orderId), newOrderId()]
        const balances = async () => {
          const entries = await gateway.readLedger({ orderIds })
          return Object.fromEntries(entries.map((entry) => [entry.orderId, entry.captured - entry.refunded]))
        }
        const expected = orders.map((order) => [order.orderId, refunded.includes(order) ? 0 : order.amount])
        await until(balances).toEqual(Object.fromEntries(expected))
      }),
    )

    it(
      'returns the orders of a range of ids, without its start and with its end',
      on(suite, async (harness) => {
        const gateway = harness.open()
        const orders = [anOrder(), anOrder(), anOrder()].toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1))
        for (const order of orders) await order.charge(gateway, methods.captured)
        const [low = '', middle = '', high = ''] = orders.map(({ orderId }) => orderId)
        const idsIn = async (after: string, upTo: string) =>
          (await gateway.readLedger({ after, upTo })).map(({ orderId }) => orderId).toSorted()
        await until(() => idsIn(low, high)).toEqual([middle, high])
        expect(await idsIn(first, low)).toContain(low)
        expect(await idsIn(high, high)).toEqual([])
      }),
    )

    it(
      'lists the reference of an object for as long as it can be confirmed',
      on(suite, async (harness) => {
        const [gateway, order] = [harness.open(), anOrder()]
        const entry = async () => (await gateway.readLedger({ orderIds: [order.orderId] }))[0]
        const expectUnconfirmed = (reference: string) =>
          until(entry).toEqual({
            orderId: order.orderId,
            currencies: [order.currency],
            captured: 0,
            refunded: 0,
            captures: 0,
            refunds: 0,
            processing: false,
            unconfirmed: [reference],
          })
        await order.charge(gateway, methods.captured, { beforeConfirmed: expectUnconfirmed })
        await until(entry).toMatchObject({ captured: order.amount, unconfirmed: [] })
      }),
    )
  })
