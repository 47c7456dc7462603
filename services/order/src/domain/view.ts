/** The public representation of an order. The payment method is not stored, and appears nowhere. */
import type { Order } from './order.ts'

/** A dispatched parcel. */
export interface Shipment {
  readonly carrier: string
  readonly trackingCode: string
  readonly at: string
}

/** `shipments`: the parcels in the order of dispatch. An order that is not fulfilled has none. */
export const view = (order: Order, shipments: readonly Shipment[] = []) => ({
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
  shipments,
  createdAt: order.createdAt.toISOString(),
  updatedAt: order.updatedAt.toISOString(),
})

export type OrderView = ReturnType<typeof view>
