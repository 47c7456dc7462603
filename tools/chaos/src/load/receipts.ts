/** Receipts of goods during the faults. Each is sent twice at once, with one key. */
import type { RetryingClient } from './retrying-client.ts'

export const delivered = { sku: 'scarce', quantity: 3 }

export interface Deliveries {
  /** Resolves when it is confirmed. */
  next(): Promise<void>
  /** The number of started receipts, and of confirmed ones. */
  counts(): DeliveryCounts
}

export interface DeliveryCounts {
  readonly begun: number
  readonly confirmed: number
}

export const deliveriesTo = (shop: RetryingClient): Deliveries => {
  let begun = 0
  let confirmed = 0
  return {
    next: async () => {
      begun += 1
      const key = `delivery-${begun}`
      await Promise.all([shop.receive(delivered, key), shop.receive(delivered, key)])
      confirmed += 1
    },
    counts: () => ({ begun, confirmed }),
  }
}
