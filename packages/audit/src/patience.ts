/** What is only on its way, and what should have arrived. */
import type { OrderRecord } from './records/order-record.ts'
import type { Records } from './records/records.ts'

/** An SQL interval. The longest wait between two attempts at anything is 10 minutes. */
export const lateAfter = '15 minutes'

/**
 * Whether an order may still change, so that only that is held against it which may be at no time. On a live system that is
 * so while it is not late, and is unsettled, or has messages or notifications under way; at rest never.
 */
export type IsUnderWay = (order: OrderRecord) => boolean

export const atRest: IsUnderWay = () => false

/** `queued`: whether messages wait at the broker, of which can't be told what orders they are about. */
export const live =
  ({ awaited, notifications }: Pick<Records, 'awaited' | 'notifications'>, queued: boolean): IsUnderWay =>
  ({ id, settled, late }) =>
    !late && (!settled || queued || awaited.has(id) || notifications.get(id)?.includes(':pending') === true)
