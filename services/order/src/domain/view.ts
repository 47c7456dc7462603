/**
 * The public representation of an order. The payment method is in no order, history or response: only OrderPlaced and Charge carry it. The
 * view is here and not in http/, because the first response to an idempotency key is stored with the order.
 */
import type { Order } from './order.ts'

/** A dispatched parcel. */
export interface Parcel {
  readonly carrier: string
  readonly trackingCode: string
  readonly at: string
}

/** @param parcels in the order of dispatch. An order that is not fulfilled has none. */
export const view = (order: Order, parcels: readonly Parcel[] = []) => ({
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
  shipments: parcels,
  createdAt: order.createdAt.toISOString(),
  updatedAt: order.updatedAt.toISOString(),
})

export type OrderView = ReturnType<typeof view>
