import { notifyCustomer } from './notify-customer.ts'
import { reaction } from './reaction.ts'

export const orderFulfilled = reaction('OrderFulfilled', (notificationLog, { data }) =>
  notifyCustomer(notificationLog, data, 'order_fulfilled'),
)
