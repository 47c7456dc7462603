import type { Databases, Finding } from '@quadrille/audit'
import { type DeliveryCounts, delivered } from '../load/deliveries.ts'
import { query } from '../world/query.ts'

/** Whether each delivery that was confirmed is in the books once, and none of the others more than once. */
export const restocking = async ({ inventory }: Databases, { begun, confirmed }: DeliveryCounts): Promise<Finding> => {
  const [row] = await query<{ booked: number }>(
    inventory,
    "select count(*) as booked from stock_movement where sku = $1 and kind = 'receipt' and quantity = $2",
    [delivered.sku, delivered.quantity],
  )
  const booked = row?.booked ?? 0
  const right = confirmed <= booked && booked <= begun
  return {
    invariant: 'restocking',
    claim: 'goods that were reported twice under one key are on hand once',
    checked: { deliveries: confirmed },
    violations: right ? [] : [{ subject: delivered.sku, detail: `${booked} of ${confirmed} deliveries are booked` }],
  }
}
