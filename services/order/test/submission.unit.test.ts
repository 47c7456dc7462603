import { newOrderId } from '@quadrille/events'
import { expect, it } from 'vitest'
import { orderRequestExample } from '../src/http/examples.ts'
import { submission } from '../src/http/post-order.ts'
import { orderRequest } from '../src/http/schema.ts'

const timeOf = (orderId: string) => Number.parseInt(orderId.replaceAll('-', '').slice(0, 12), 16)

it('the id of an order has the time of its creation, by the clock of the database', () => {
  const now = new Date(timeOf(newOrderId()) + 1_000) // later than all ids of this process
  const context = {
    config: { ORDER_TTL: 900_000 },
    clock: { now: () => now, measure: async () => true, wentAhead: () => false },
  }
  const { orderId, createdAt } = submission(orderRequest.parse(orderRequestExample), context, undefined)
  expect([timeOf(orderId), createdAt]).toEqual([now.getTime(), now.toISOString()])
})
