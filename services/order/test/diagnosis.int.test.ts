/** The diagnosis of an order that is open but not overdue. No other service has joined, so its events wait in the outbox. */
import { newOrderId } from '@quadrille/events'
import { expect, it } from 'vitest'
import { anOrderRequest, startOrders } from './orders-by-http.ts'

it('shows what an order waits for, and after a cancellation the answers to that', async () => {
  const { get, post } = await startOrders({ env: { ORDER_CHECK: 'off' } })
  const { id } = (await post('/orders', anOrderRequest)).body
  const diagnoses = async () => (await get(`/orders/${id}/diagnosis`)).body
  const newestEvent = async () => (await get(`/orders/${id}/events?limit=1`)).body.items[0]
  const placed = await newestEvent()
  expect(await diagnoses()).toEqual({
    items: [
      {
        missing: ['PaymentProcessed', 'PaymentDeclined'],
        owedBy: 'payment',
        since: placed.time,
        where: {
          ...{ service: 'order', place: 'outbox', messageId: placed.id, type: 'OrderPlaced', queue: null, attempts: 0 },
          ...{ error: null, since: expect.any(String), at: expect.any(String), deadLetterId: null },
        },
        remedy: null,
      },
    ],
  })

  await post(`/orders/${id}/cancel`, {})
  const { time: since } = await newestEvent()
  const where = { service: 'order', place: 'outbox', type: 'OrderCancelled' }
  expect(await diagnoses()).toMatchObject({
    items: [
      { missing: ['PaymentRefunded', 'PaymentVoided'], owedBy: 'payment', since, where },
      { missing: ['InventoryReleased'], owedBy: 'inventory', since, where },
    ],
  })

  expect((await get(`/orders/${newOrderId()}/diagnosis`)).status).toBe(404)
})
