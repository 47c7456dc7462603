/** The public representation of an order. The payment method is not stored, and appears nowhere. */
import type { Order } from './order.ts'

export const view = (order: Order) => ({
  id: order.id,
  reference: order.reference,
  metadata: order.metadata,
  status: order.status,
  settled: order.settled,
  cancellation: order.cancellationReason && { reason: order.cancellationReason },
  customer: order.customer,
  currency: order.currency,
  total: order.total,
  lines: order.lines,
  payment: { status: order.payment },
  inventory: { status: order.inventory },
  notifications: order.notifications,
  createdAt: order.createdAt.toISOString(),
  updatedAt: order.updatedAt.toISOString(),
})

export type OrderView = ReturnType<typeof view>
