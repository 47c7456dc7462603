/** Decides which orders are in progress, which wait for an operator, and which should have ended. */
import type { OrderRecord } from './records/order-record.ts'
import type { Records } from './records/records.ts'

/**
 * Whether an order may still change. Then only states that are never legal are reported. On a live system an order is in
 * progress if it is not late, and it is not settled, is being refunded, or has messages or notifications in transit. At rest no order is.
 */
export type IsInProgress = (order: OrderRecord) => boolean

export const atRest: IsInProgress = () => false

/**
 * `drainedMs`: see `DrainWatch`. The audit can't read which order a message in a queue is about. A parcel is dispatched, a refused
 * refund is repeated, and a notification is sent after an outage of the mail server, long after the last change of the order, which
 * changes only when the event arrives. So a change of the shipment, of the payment or of a notification counts as one of the order.
 */
export const live =
  (
    {
      withWaitingMessages,
      notifications,
      payments,
      shipments,
    }: Pick<Records, 'withWaitingMessages' | 'notifications' | 'payments' | 'shipments'>,
    drainedMs: number,
  ): IsInProgress =>
  ({ id, settled, payment: shownPayment, late, unchangedMs }) => {
    const payment = payments.get(id)
    const shipment = shipments?.get(id)
    const notified = notifications.get(id)
    const elsewhere = [payment, shipment, notified]
    if (late && elsewhere.every((record) => record?.late ?? true)) return false
    return (
      !settled ||
      [shownPayment, payment?.status].includes('refunding') || // a capture after the order was settled
      unchangedMs <= drainedMs ||
      elsewhere.some((record) => (record?.unchangedMs ?? Number.POSITIVE_INFINITY) <= drainedMs) ||
      withWaitingMessages.has(id) ||
      notified?.results.includes(':pending') === true
    )
  }

/**
 * The refund of a cancelled order was refused, so an operator must act. Payment's answer is missing until then, unless the order was
 * settled by PaymentVoided or PaymentDeclined before a late capture. Order does not learn that an operator has requested the refund again,
 * so payment's own record must say the same.
 */
export const waitsForOperator = (
  { id, status, payment }: OrderRecord,
  { payments }: Pick<Records, 'payments'>,
): boolean => status === 'cancelled' && payment === 'refund_failed' && payments.get(id)?.status === 'refund_failed'
