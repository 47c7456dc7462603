import { advance, withInventory, withPayment } from '../domain/order.ts'
import { cancelled } from '../domain/outcomes.ts'
import { orderReaction } from './reaction.ts'

/** Inventory checks the stock of paid orders only, so the payment was captured. */
export const inventoryRejected = orderReaction('InventoryRejected', (order, { type }) => {
  const next = advance(order, type)
  const state = withInventory(withPayment(next ?? order, 'captured'), 'rejected')
  return next ? cancelled(state, 'out_of_stock') : { state }
})
