import type { Databases, Finding } from '@quadrille/audit'
import { receivedSku, type SentReceipts } from '../load/receipts.ts'
import { query } from '../world/query.ts'

/** How often a receipt of this quantity is recorded. */
interface Recorded {
  readonly quantity: number
  readonly times: number
}

/** Checks that each answered receipt is recorded once, and each other one at most once. */
export const checkReceipts = async ({ inventory }: Databases, sent: SentReceipts): Promise<Finding> =>
  receiptFinding(
    await query<Recorded>(
      inventory,
      `select quantity::integer, count(*)::integer as times from stock_movement
       where sku = $1 and kind = 'receipt' group by quantity`,
      [receivedSku],
    ),
    sent,
  )

const noneConfirmed = { subject: 'inventory', detail: 'has confirmed no receipt' }

/** A run without a confirmed receipt has tested nothing here. */
export const receiptFinding = (recorded: readonly Recorded[], { started, confirmed }: SentReceipts): Finding => {
  const timesOf = new Map(recorded.map(({ quantity, times }) => [quantity, times]))
  const allowed = (quantity: number) => (quantity > started ? [0] : confirmed.includes(quantity) ? [1] : [0, 1])
  const violations = [...new Set([...confirmed, ...timesOf.keys()])]
    .map((quantity) => ({ quantity, times: timesOf.get(quantity) ?? 0 }))
    .filter(({ quantity, times }) => !allowed(quantity).includes(times))
    .map(({ quantity, times }) => ({
      subject: `${quantity} pieces`,
      detail: `their receipt is recorded ${times} times`,
    }))
  return {
    invariant: 'receipts',
    claim: 'receipts that were sent twice with one key are booked once',
    checked: { receipts: confirmed.length },
    violations: confirmed.length > 0 ? violations : [...violations, noneConfirmed],
  }
}
