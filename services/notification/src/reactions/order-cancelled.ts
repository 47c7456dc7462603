import { notifyCustomer } from './notify-customer.ts'
import { reaction } from './reaction.ts'

export const orderCancelled = reaction('OrderCancelled', (notificationLog, { data }) =>
  notifyCustomer(notificationLog, data, 'order_cancelled'),
)
