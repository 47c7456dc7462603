/**
 * An order becomes settled when it is fulfilled, or when both answers to its cancellation are published. It stays settled.
 */
import type { MessageType } from '@quadrille/events'
import type { MemoryWorld } from '../memory-world.ts'
import { orderIdsOf } from '../plan.ts'
import type { HistoryRun } from '../run.ts'
import { check } from './check.ts'

/** Watches one history. */
export const watchSettling = (): ((run: HistoryRun<MemoryWorld>) => void) => {
  const settled = new Set<string>()
  return ({ world, plan, published }) => {
    for (const orderId of orderIdsOf(plan)) {
      const order = world.orders.orders.get(orderId)
      if (settled.has(orderId)) check(order?.settled === true, 'settled never becomes false', orderId)
      if (!order?.settled || settled.has(orderId)) continue
      settled.add(orderId)
      const types = new Set(
        [...published.values()].filter(({ subject }) => subject === orderId).map(({ type }) => type),
      )
      check(hasEnded(order.status, types), 'settled means fulfilled, or cancelled and answered by both', orderId)
    }
  }
}

const hasEnded = (status: string, published: ReadonlySet<MessageType>): boolean => {
  const some = (...types: readonly MessageType[]) => types.some((type) => published.has(type))
  if (status === 'fulfilled') return some('OrderFulfilled')
  return (
    some('OrderCancelled') &&
    some('PaymentDeclined', 'PaymentVoided', 'PaymentRefunded') &&
    some('InventoryRejected', 'InventoryReleased')
  )
}
