/** The conclusions of the customers in tests from the answers to their requests. */
import { orderMix, placeAll, type Reply } from '@quadrille/shop-testing'
import { expect, it } from 'vitest'

const cancelledBecause = (reason: string): Reply => ({ status: 202, headers: {}, body: { cancellation: { reason } } })

const answers: readonly (readonly [Reply, readonly string[]])[] = [
  [cancelledBecause('customer'), ['customer']],
  [cancelledBecause('expired'), ['expired']],
  [cancelledBecause('payment_declined'), []],
  [{ status: 409, headers: {}, body: {} }, ['fulfilled']],
]

it.each(answers)('an order whose cancellation is answered %j may end as %j', async (answer, endings) => {
  const shop = {
    place: async () => ({ status: 202, headers: {}, body: { id: 'an-order' } }),
    cancel: async () => answer,
  }
  const orders = orderMix(100, () => 0).filter(({ kind }) => kind === 'cancelled')
  const { accepted } = await placeAll(shop, orders.slice(0, 1), () => 0)
  expect(accepted.map((order) => order.endings)).toEqual([endings])
})
