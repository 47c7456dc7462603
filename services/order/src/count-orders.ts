/** Counts orders when they are placed and when they are settled, by outcome and duration. */
import { primitives } from '@quadrille/events'
import type { OnCommitted } from '@quadrille/service'
import { Counter, Histogram, type Registry } from 'prom-client'
import type { Order } from './domain/order.ts'

const outcomes = ['fulfilled', ...primitives.cancellationReason.options] as const

/** From an undisturbed order to one that waits for an operator, s. */
const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400]

export const countOrders = (registry: Registry): OnCommitted<Order | undefined> => {
  const registers = [registry]
  const placed = new Counter({ name: 'quadrille_orders_placed_total', help: 'Accepted orders', registers })
  const settlementSeconds = new Histogram({
    name: 'quadrille_order_settling_seconds',
    help: `Time from placing an order until it is settled, by outcome: ${outcomes.join(', ')}`,
    labelNames: ['outcome'],
    buckets,
    registers,
  })
  for (const outcome of outcomes) settlementSeconds.zero({ outcome }) // so that rate() sees the first order
  return (steps, now) => {
    for (const { before, after } of steps) {
      if (!before && after) placed.inc()
      if (after?.settled && !before?.settled) {
        const outcome = after.cancellationReason ?? 'fulfilled'
        settlementSeconds.observe({ outcome }, Math.max(0, now.getTime() - after.createdAt.getTime()) / 1_000)
      }
    }
  }
}
