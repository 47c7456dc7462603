import { reaction } from './reaction.ts'
import { tellCustomer } from './tell.ts'

export const orderFulfilled = reaction('OrderFulfilled', (correspondence, { data }) =>
  tellCustomer(correspondence, data, 'order_fulfilled'),
)
