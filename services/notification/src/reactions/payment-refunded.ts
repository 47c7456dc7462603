import { reaction } from './reaction.ts'
import { tellWhenKnown } from './tell.ts'

export const paymentRefunded = reaction('PaymentRefunded', (correspondence, { data }) =>
  tellWhenKnown(correspondence, data, 'payment_refunded'),
)
