import { withInventory } from '../domain/order.ts'
import { orderReaction } from './reaction.ts'

export const inventoryReleased = orderReaction('InventoryReleased', (order) => ({
  state: withInventory(order, 'released'),
}))
