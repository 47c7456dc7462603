import { reaction } from './reaction.ts'
import { tellCustomer } from './tell.ts'

/** Thanks the customer, unless anything else was heard of the order before: then that has been the answer. */
export const orderPlaced = reaction('OrderPlaced', (correspondence, { data }) =>
  tellCustomer(correspondence, data, 'order_placed'),
)
