/** A cancellation by an operator is in the log of operations, and one by the shop is not. */
import { expect, it } from 'vitest'
import { startOrders } from './orders-by-http.ts'

it('a cancellation by an operator is recorded once, with the name', async () => {
  const { get, place, cancel } = await startOrders({ env: { ORDER_CHECK: 'off' } })
  const [byShop, byOperator] = [await place(), await place()]
  await cancel(byShop)
  for (const operator of [encodeURIComponent('Ольга'), 'grace']) await cancel(byOperator, { 'x-operator': operator })
  expect((await get('/operations')).body.items).toMatchObject([
    { operation: 'cancel', operator: 'Ольга', orderId: byOperator, outcome: 'done', at: expect.any(String) },
  ])
})
