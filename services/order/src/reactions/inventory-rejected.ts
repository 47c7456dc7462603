import { advance, withInventory, withPayment } from '../domain/order.ts'
import { cancel } from '../domain/outcomes.ts'
import { orderReaction } from './reaction.ts'

/** Inventory checks the stock of paid orders only, so the payment has been captured. */
export const inventoryRejected = orderReaction('InventoryRejected', (order, { type }) => {
  const next = advance(order, type)
  const state = withInventory(withPayment(next ?? order, 'captured'), 'rejected')
  return next ? cancel(state, 'out_of_stock') : { state }
})
