/** What is only on its way, and what should have arrived. */
import type { OrderRecord } from './records/order-record.ts'
import type { Records } from './records/records.ts'

/**
 * Whether an order may still change. Then only violations that are never legal are reported. On a live system that is so while
 * it is not late, and is unsettled, or has messages or notifications under way; at rest never.
 */
export type IsUnderWay = (order: OrderRecord) => boolean

export const atRest: IsUnderWay = () => false

/**
 * `drainedMs`: the broker's queues have passed on all messages about orders that have not changed for so long, ms. Which orders
 * the other messages are about can't be seen.
 */
export const live =
  ({ awaited, notifications }: Pick<Records, 'awaited' | 'notifications'>, drainedMs: number): IsUnderWay =>
  ({ id, settled, late, unchangedMs }) =>
    !late &&
    (!settled || unchangedMs <= drainedMs || awaited.has(id) || notifications.get(id)?.includes(':pending') === true)
