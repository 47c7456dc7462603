/** The notifications that a customer must get for the recorded occasions. */
import type { Occasion } from '@quadrille/events'
import type { OrderRecord } from '../records/order-record.ts'
import type { Faults } from './invariant.ts'

/**
 * The faults in the notifications of an order. Each occasion needs an email, which every installation sends, with two
 * exceptions: an OrderPlaced that arrived after another event, and a refund of an order that cost nothing.
 */
export function* notificationFaults({ total }: OrderRecord, heard: readonly Occasion[], told: string): Faults {
  for (const [position, occasion] of heard.entries()) {
    const isDue = occasion === 'order_placed' ? position === 0 : occasion !== 'payment_refunded' || total > 0
    const isNotified = told.includes(`email:${occasion}:`)
    if (isDue && !isNotified) yield `${occasion} has no notification`
    if (isNotified && !isDue) yield `${occasion} has a notification, but needs none`
  }
}
