/**
 * The stock on hand plus the shipped stock is the initial stock. No stock is still reserved. The state of each reservation
 * matches its order.
 */
import type { MemoryWorld } from '../memory-world.ts'
import { orderIdsOf, type Plan } from '../plan.ts'
import { check } from './check.ts'

export const checkStock = ({ orders, inventory }: MemoryWorld, plan: Plan): void => {
  const known = orderIdsOf(plan).flatMap((orderId) => orders.orders.get(orderId) ?? [])
  for (const { id, status, inventory: shown } of known) {
    const reservation = inventory.reservations.get(id)
    const expected = status === 'fulfilled' ? 'committed' : shown
    check(reservation?.status === expected, `its reservation is ${reservation?.status}, not ${expected}`, id)
  }
  const fulfilledLines = known.filter(({ status }) => status === 'fulfilled').flatMap(({ lines }) => lines)
  for (const [sku, initial] of plan.stock) {
    const shipped = fulfilledLines
      .filter((line) => line.sku === sku)
      .reduce((total, { quantity }) => total + quantity, 0)
    const { onHand = 0, reserved = 0 } = inventory.stock.get(sku) ?? {}
    check(reserved === 0, `${reserved} are still reserved`, sku)
    check(
      onHand >= 0 && onHand + shipped === initial,
      `${onHand} on hand and ${shipped} shipped are not ${initial}`,
      sku,
    )
  }
}
