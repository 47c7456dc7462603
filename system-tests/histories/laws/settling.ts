/**
 * An order is settled once it is fulfilled, or both answers to its cancellation were published; and then permanently.
 */
import type { MessageType } from '@quadrille/events'
import type { MemoryWorld } from '../memory-world.ts'
import type { Performance } from '../performance.ts'
import { orderIdsOf } from '../plan.ts'
import { check } from './law.ts'

/** Watches one history. */
export const watchSettling = (): ((performance: Performance<MemoryWorld>) => void) => {
  const settled = new Set<string>()
  return ({ world, plan, said }) => {
    for (const orderId of orderIdsOf(plan)) {
      const order = world.orders.orders.get(orderId)
      if (settled.has(orderId)) check(order?.settled === true, 'settled never becomes false', orderId)
      if (!order?.settled || settled.has(orderId)) continue
      settled.add(orderId)
      const types = new Set([...said.values()].filter(({ subject }) => subject === orderId).map(({ type }) => type))
      check(isOver(order.status, types), 'settled means fulfilled, or cancelled and answered by both', orderId)
    }
  }
}

const isOver = (status: string, said: ReadonlySet<MessageType>): boolean => {
  const some = (...types: readonly MessageType[]) => types.some((type) => said.has(type))
  if (status === 'fulfilled') return some('OrderFulfilled')
  return (
    some('OrderCancelled') &&
    some('PaymentDeclined', 'PaymentVoided', 'PaymentRefunded') &&
    some('InventoryRejected', 'InventoryReleased')
  )
}
