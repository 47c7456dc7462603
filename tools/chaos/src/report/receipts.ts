import type { Databases, Finding } from '@quadrille/audit'
import { type DeliveryCounts, delivered } from '../load/deliveries.ts'
import { query } from '../world/query.ts'

/** Checks that each confirmed receipt is recorded once, and each of the others at most once. */
export const checkReceipts = async (
  { inventory }: Databases,
  { begun, confirmed }: DeliveryCounts,
): Promise<Finding> => {
  const [row] = await query<{ booked: number }>(
    inventory,
    "select count(*) as booked from stock_movement where sku = $1 and kind = 'receipt' and quantity = $2",
    [delivered.sku, delivered.quantity],
  )
  const booked = row?.booked ?? 0
  const right = confirmed <= booked && booked <= begun
  return {
    invariant: 'receipts',
    claim: 'receipts that were sent twice with one key are booked once',
    checked: { deliveries: confirmed },
    violations: right ? [] : [{ subject: delivered.sku, detail: `${booked} of ${confirmed} receipts are recorded` }],
  }
}
