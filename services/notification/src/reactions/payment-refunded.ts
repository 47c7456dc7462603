import { reaction } from './reaction.ts'
import { tellWhenKnown } from './tell.ts'

/** Nothing is told of a refund where the order cost nothing: the cancellation says it all. */
export const paymentRefunded = reaction('PaymentRefunded', (correspondence, { data }) =>
  tellWhenKnown(correspondence, data, 'payment_refunded'),
)
