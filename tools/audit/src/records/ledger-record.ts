/** The gateway's side of each order's money. It comes from outside: the audit knows no gateway. */
import type { OrderSelection } from '../selection.ts'

/** All of the gateway's objects of an order together. Money in minor units. */
export interface LedgerRecord {
  readonly orderId: string
  /** Each currency once. */
  readonly currencies: readonly string[]
  readonly captured: number
  readonly refunded: number
  /** How often money moved. */
  readonly captures: number
  readonly refunds: number
  /** Whether the gateway processes a charge, which can still end either way. */
  readonly processing: boolean
  /** References of the objects that could still be confirmed. */
  readonly unconfirmed: readonly string[]
}

/** The read-only side of a payment gateway. */
export interface Ledger {
  /** What the gateway has done for many orders at once; orders without an object there are left out. */
  readLedger(orders: OrderSelection['orders']): Promise<readonly LedgerRecord[]>
}

/** By order id. Null without a ledger. */
export const readLedger = async (
  ledger: Ledger | null,
  { orders }: OrderSelection,
): Promise<ReadonlyMap<string, LedgerRecord> | null> => {
  if (!ledger) return null
  const entries = await ledger.readLedger(orders)
  return new Map(entries.map((entry) => [entry.orderId, entry]))
}
