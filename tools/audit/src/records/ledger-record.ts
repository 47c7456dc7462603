/** The amounts that the gateway has captured and refunded. The caller passes the ledger, so no gateway is imported here. */
import type { Ledger, LedgerEntry } from '@quadrille/payment/gateway'
import type { OrderSelection } from '../selection.ts'

/** By order id. Null without a ledger. */
export const readLedger = async (
  ledger: Ledger | null,
  { orders }: OrderSelection,
): Promise<ReadonlyMap<string, LedgerEntry> | null> => {
  if (!ledger) return null
  const entries = await ledger.readLedger(orders)
  return new Map(entries.map((entry) => [entry.orderId, entry]))
}
