/** Receipts of goods during the faults. Each has its own quantity, by which it is recognised in the database. */
import type { RetryingClient } from './retrying-client.ts'

/** No order has it, and it gets nothing else. */
export const receivedSku = 'received'

export interface Receipts {
  /** Sends a receipt. Resolves when it is answered. */
  next(): Promise<void>
  sent(): SentReceipts
}

export interface SentReceipts {
  /** Their quantities are 1 to this. */
  readonly started: number
  /** The quantities of those that were answered. */
  readonly confirmed: readonly number[]
}

export const receiptsTo = (shop: Pick<RetryingClient, 'receiveTwice'>): Receipts => {
  let started = 0
  const confirmed: number[] = []
  return {
    next: async () => {
      started += 1
      const quantity = started
      await shop.receiveTwice({ sku: receivedSku, quantity }, `receipt-${quantity}`)
      confirmed.push(quantity)
    },
    sent: () => ({ started, confirmed }),
  }
}
