/** Reactions to the events of inventory. */
import { advance, withInventory, withPayment } from '../domain/order.ts'
import { announceCancelled, announceFulfilled } from '../domain/outcomes.ts'
import { orderReaction } from './reaction.ts'

/** Inventory reserves stock for paid orders only, so the payment has been captured. */
export const inventoryReserved = orderReaction('InventoryReserved', (order, { type }) => {
  const next = advance(order, type)
  const state = withInventory(withPayment(next ?? order, 'captured'), 'reserved')
  return next ? announceFulfilled(state) : { state }
})

/** Inventory checks the stock of paid orders only, so the payment has been captured. */
export const inventoryRejected = orderReaction('InventoryRejected', (order, { type }) => {
  const next = advance(order, type)
  const state = withInventory(withPayment(next ?? order, 'captured'), 'rejected')
  return next ? announceCancelled(state, 'out_of_stock') : { state }
})

export const inventoryReleased = orderReaction('InventoryReleased', (order) => ({
  state: withInventory(order, 'released'),
}))
