/** What a customer is told of all that notification has heard. */
import type { Occasion } from '@quadrille/events'
import type { OrderRecord } from '../records/order-record.ts'

/**
 * The faults in what was told: each occasion is, by email, which every installation has. But an OrderPlaced that came late
 * has been answered by what overtook it, and of an order that cost nothing, nothing was refunded.
 */
export const wronglyTold = (
  { total }: OrderRecord,
  heard: readonly Occasion[],
  told: readonly string[],
): Record<string, boolean> =>
  Object.fromEntries(
    heard.flatMap((occasion, position) => {
      const isNews = occasion === 'order_placed' ? position === 0 : occasion !== 'payment_refunded' || total > 0
      const isTold = told.some((result) => result.startsWith(`email:${occasion}:`))
      return [
        [`nothing came of telling ${occasion}`, isNews && !isTold],
        [`${occasion} was told, and was no news`, isTold && !isNews],
      ]
    }),
  )
