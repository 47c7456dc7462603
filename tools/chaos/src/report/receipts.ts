import type { Databases, Finding } from '@quadrille/audit'
import { type ReceiptCounts, receivedGoods } from '../load/receipts.ts'
import { query } from '../world/query.ts'

/** Checks that each answered receipt is recorded once, and each other one at most once. */
export const checkReceipts = async (
  { inventory }: Databases,
  { started, confirmed }: ReceiptCounts,
): Promise<Finding> => {
  const [row] = await query<{ recorded: number }>(
    inventory,
    "select count(*) as recorded from stock_movement where sku = $1 and kind = 'receipt' and quantity = $2",
    [receivedGoods.sku, receivedGoods.quantity],
  )
  const recorded = row?.recorded ?? 0
  const right = confirmed <= recorded && recorded <= started
  return {
    invariant: 'receipts',
    claim: 'receipts that were sent twice with one key are booked once',
    checked: { receipts: confirmed },
    violations: right
      ? []
      : [{ subject: receivedGoods.sku, detail: `${recorded} of ${confirmed} receipts are recorded` }],
  }
}
