/** The notifications that the recorded occasions require. */
import type { Occasion } from '@quadrille/events'
import type { OrderRecord } from '../records/order-record.ts'
import type { Faults } from './invariant.ts'

/**
 * The faults in the notifications of an order. Each occasion requires an email, except an OrderPlaced that arrived after
 * another event, and the refund of an order with a total of 0.
 */
export function* notificationFaults({ total }: OrderRecord, occasions: readonly Occasion[], results: string): Faults {
  for (const [position, occasion] of occasions.entries()) {
    const isDue = occasion === 'order_placed' ? position === 0 : occasion !== 'payment_refunded' || total > 0
    const isNotified = results.includes(`email:${occasion}:`)
    if (isDue && !isNotified) yield `${occasion} has no notification`
    if (isNotified && !isDue) yield `${occasion} has a notification, but needs none`
  }
}
