/** The notifications that the recorded occasions require. */
import type { Occasion } from '@quadrille/events'
import type { OrderRecord } from '../records/order-record.ts'
import type { Faults } from './invariant.ts'

/**
 * The faults in the notifications of an order. Each occasion requires a notification, by any channel, because an order may be
 * older than a channel. The exceptions are an OrderPlaced that arrived after another event, the refund of an order with a total of 0,
 * and a refused refund that arrived after the refund.
 */
export function* dueNotificationFaults(
  { total }: Pick<OrderRecord, 'total'>,
  occasions: readonly Occasion[],
  notifications: string,
): Faults {
  for (const [position, occasion] of occasions.entries()) {
    const need = needOf(occasion, occasions.slice(0, position), total)
    const isNotified = notifications.includes(`:${occasion}:`)
    if (need === 'some' && !isNotified) yield `${occasion} has no notification`
    if (need === 'none' && isNotified) yield `${occasion} has a notification, but needs none`
  }
}

const needOf = (occasion: Occasion, before: readonly Occasion[], total: number): 'some' | 'none' | 'either' => {
  if (occasion === 'order_placed') return before.length === 0 ? 'some' : 'none'
  if (occasion === 'payment_refunded') return total > 0 ? 'some' : 'none'
  // an earlier version of notification has sent it after the refund too
  return occasion === 'refund_failed' && before.includes('payment_refunded') ? 'either' : 'some'
}
