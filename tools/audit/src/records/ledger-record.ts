/** The amounts that the gateway has captured and refunded. The caller passes the ledger, so no gateway is imported here. */
import type { OrderSelection } from '../selection.ts'

/** The totals of all payment intents of one order. Money in minor units. */
export interface LedgerRecord {
  readonly orderId: string
  /** Each currency once. */
  readonly currencies: readonly string[]
  readonly captured: number
  readonly refunded: number
  /** The number of captures. */
  readonly captures: number
  readonly refunds: number
  /** Whether the gateway is processing a charge, whose outcome is still open. */
  readonly processing: boolean
  /** References of the payment intents that can still be confirmed. */
  readonly unconfirmed: readonly string[]
}

/** Read access to a payment gateway. */
export interface Ledger {
  /** The totals of many orders at once. Orders without a payment intent at the gateway are left out. */
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
