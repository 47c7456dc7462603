import { notifyCustomer } from './notify-customer.ts'
import { reaction } from './reaction.ts'

/**
 * Confirms the receipt of an order, unless another event of the order arrived first: its notification replaces this
 * one.
 */
export const orderPlaced = reaction('OrderPlaced', (notificationLog, { data }) =>
  notifyCustomer(notificationLog, data, 'order_placed'),
)
