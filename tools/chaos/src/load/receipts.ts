/** Receipts of goods during the faults. Those of `receivedSku` are recognised in the database by their quantities. */
import type { RetryingClient } from './retrying-client.ts'

/** Most orders have it, so that receipts compete with reservations. */
export const receivedSku = 'mug'

/** Gets a piece with each receipt: fewer than 20 orders a second need, so that they always compete for the last pieces. */
const scarceSku = 'scarce'

export interface Receipts {
  /** Sends a receipt, and another one of a scarce piece. Resolves when both are answered. */
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
      await Promise.all([
        shop.receiveTwice({ sku: receivedSku, quantity }, `receipt-${quantity}`),
        shop.receiveTwice({ sku: scarceSku, quantity: 1 }, `scarce-${quantity}`),
      ])
      confirmed.push(quantity)
    },
    sent: () => ({ started, confirmed }),
  }
}
