import { reaction } from './reaction.ts'
import { tellCustomer } from './tell.ts'

export const orderCancelled = reaction('OrderCancelled', (correspondence, { data }) =>
  tellCustomer(correspondence, data, 'order_cancelled'),
)
