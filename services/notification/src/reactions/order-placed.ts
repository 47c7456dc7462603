import { reaction } from './reaction.ts'
import { tellCustomer } from './tell.ts'

export const orderPlaced = reaction('OrderPlaced', (correspondence, { data }) =>
  tellCustomer(correspondence, data, 'order_placed'),
)
