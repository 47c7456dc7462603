/** What a customer is told of all that notification has heard. */
import type { Occasion } from '@quadrille/events'
import type { OrderRecord } from '../records/order-record.ts'
import type { Faults } from './invariant.ts'

/**
 * The faults in what was told: each occasion is, by email, which every installation has. But an OrderPlaced that came late
 * has been answered by what overtook it, and of an order that cost nothing, nothing was refunded.
 */
export function* wronglyTold({ total }: OrderRecord, heard: readonly Occasion[], told: string): Faults {
  for (const [position, occasion] of heard.entries()) {
    const isNews = occasion === 'order_placed' ? position === 0 : occasion !== 'payment_refunded' || total > 0
    const isTold = told.includes(`email:${occasion}:`)
    if (isNews && !isTold) yield `nothing came of telling ${occasion}`
    if (isTold && !isNews) yield `${occasion} was told, and was no news`
  }
}
