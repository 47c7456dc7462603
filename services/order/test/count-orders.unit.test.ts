import { aMessage, aPlacedOrder } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { countOrders } from '../src/count-orders.ts'
import { type Order, place } from '../src/domain/order.ts'

const placed = place({ ...aPlacedOrder(), createdAt: noon.toISOString() })
const fulfilled: Order = { ...placed, status: 'fulfilled', settled: true }
const cancelled: Order = { ...placed, status: 'cancelled', cancellationReason: 'out_of_stock' }
const message = aMessage('PaymentVoided', { orderId: placed.id })
const step = (before: Order | undefined, after: Order | undefined) => ({
  ...{ message, events: [], tasks: [] },
  ...{ before, after },
})
const noonPlus = (ms: number) => new Date(noon.getTime() + ms)

it('counts an order only when it is placed and when it is settled', async () => {
  const registry = new Registry()
  const count = countOrders(registry)
  const steps = [
    step(undefined, undefined),
    step(undefined, placed),
    step(placed, placed),
    step(placed, fulfilled),
    step(fulfilled, fulfilled),
    step(placed, cancelled),
    step(cancelled, { ...cancelled, settled: true }),
  ]
  count(steps, noonPlus(1_500))
  count([step(placed, fulfilled)], noonPlus(-1))
  const page = await registry.metrics()
  expect(page).toContain('quadrille_orders_placed_total 1\n')
  expect(page).toContain('quadrille_order_settling_seconds_count{outcome="fulfilled"} 2\n')
  expect(page).toContain('quadrille_order_settling_seconds_sum{outcome="fulfilled"} 1.5\n')
  expect(page).toContain('quadrille_order_settling_seconds_count{outcome="out_of_stock"} 1\n')
  expect(page).toContain('quadrille_order_settling_seconds_count{outcome="customer"} 0\n')
})
