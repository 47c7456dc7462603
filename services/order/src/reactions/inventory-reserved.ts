import { advance, withInventory, withPayment } from '../domain/order.ts'
import { fulfilled } from '../domain/outcomes.ts'
import { orderReaction } from './reaction.ts'

/** Inventory holds stock for paid orders only, so the payment was captured. */
export const inventoryReserved = orderReaction('InventoryReserved', (order, { type }) => {
  const next = advance(order, type)
  const state = withInventory(withPayment(next ?? order, 'captured'), 'reserved')
  return next ? fulfilled(state) : { state }
})
