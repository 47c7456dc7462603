import { advance, withInventory, withPayment } from '../domain/order.ts'
import { fulfil } from '../domain/outcomes.ts'
import { orderReaction } from './reaction.ts'

/** Inventory reserves stock for paid orders only, so the payment has been captured. */
export const inventoryReserved = orderReaction('InventoryReserved', (order, { type }) => {
  const next = advance(order, type)
  const state = withInventory(withPayment(next ?? order, 'captured'), 'reserved')
  return next ? fulfil(state) : { state }
})
