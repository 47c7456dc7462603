/** A cancellation by an operator is in the log of operations, and one by the shop is not. */
import { expect, it } from 'vitest'
import { anOrderRequest, startOrders } from './orders-by-http.ts'

it('a cancellation by an operator is recorded once, with the name', async () => {
  const { get, post } = await startOrders({ env: { ORDER_CHECK: 'off' } })
  const place = async (): Promise<string> => (await post('/orders', anOrderRequest)).body.id
  const [byShop, byOperator] = [await place(), await place()]
  await post(`/orders/${byShop}/cancel`, {})
  for (const operator of [encodeURIComponent('Ольга'), 'grace']) {
    const { status } = await post(`/orders/${byOperator}/cancel`, {}, { 'x-operator': operator })
    expect(status).toBe(202)
  }
  expect((await get('/operations')).body.items).toMatchObject([
    { operation: 'cancel', operator: 'Ольга', orderId: byOperator, outcome: 'done', at: expect.any(String) },
  ])
})
