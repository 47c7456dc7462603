/** Receipts of goods during the faults. Each is sent twice at once with the same key. */
import type { RetryingClient } from './retrying-client.ts'

export const receivedGoods = { sku: 'scarce', quantity: 3 }

export interface Receipts {
  /** Sends a receipt. Resolves when both requests are answered. */
  next(): Promise<void>
  /** The number of sent receipts, and of answered ones. */
  counts(): ReceiptCounts
}

export interface ReceiptCounts {
  readonly started: number
  readonly confirmed: number
}

export const receiptsTo = (shop: RetryingClient): Receipts => {
  let started = 0
  let confirmed = 0
  return {
    next: async () => {
      started += 1
      const key = `receipt-${started}`
      await Promise.all([shop.receive(receivedGoods, key), shop.receive(receivedGoods, key)])
      confirmed += 1
    },
    counts: () => ({ started, confirmed }),
  }
}
