/** Decides which orders are in progress, and which should have ended. */
import type { OrderRecord } from './records/order-record.ts'
import type { Records } from './records/records.ts'

/**
 * Whether an order may still change. Then only violations that are never legal are reported. On a live system an order
 * is in progress until it is late, if it is unsettled or has messages or notifications on their way. At rest no order
 * is.
 */
export type IsInProgress = (order: OrderRecord) => boolean

export const atRest: IsInProgress = () => false

/**
 * `drainedMs`: the broker's queues hold no messages about orders that have not changed for longer than this, ms. The
 * order of a message in a queue can't be read.
 */
export const live =
  ({ awaited, notifications }: Pick<Records, 'awaited' | 'notifications'>, drainedMs: number): IsInProgress =>
  ({ id, settled, late, unchangedMs }) =>
    !late &&
    (!settled || unchangedMs <= drainedMs || awaited.has(id) || notifications.get(id)?.includes(':pending') === true)
