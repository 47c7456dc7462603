/** Decides which orders are in progress, and which should have ended. */
import type { OrderRecord } from './records/order-record.ts'
import type { Records } from './records/records.ts'

/**
 * Whether an order may still change. Then only states that are never legal are reported. On a live system an order is in
 * progress if it is not late, and it is not settled or has messages or notifications in transit. At rest no order is.
 */
export type IsInProgress = (order: OrderRecord) => boolean

export const atRest: IsInProgress = () => false

/**
 * `drainedMs`: see `DrainWatch`. The audit can't read which order a message in a queue is about. A parcel is dispatched long after the
 * last change of its order, and changes the order only when its event arrives. So it counts as a change of the order from its dispatch on.
 */
export const live =
  (
    {
      withWaitingMessages,
      notifications,
      shipments,
    }: Pick<Records, 'withWaitingMessages' | 'notifications' | 'shipments'>,
    drainedMs: number,
  ): IsInProgress =>
  ({ id, settled, late, unchangedMs }) => {
    const shipment = shipments?.get(id)
    if (late && (shipment?.late ?? true)) return false
    return (
      !settled ||
      unchangedMs <= drainedMs ||
      (shipment?.unchangedMs ?? Number.POSITIVE_INFINITY) <= drainedMs ||
      withWaitingMessages.has(id) ||
      notifications.get(id)?.includes(':pending') === true
    )
  }
