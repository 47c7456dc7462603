import { reaction } from './reaction.ts'
import { tellWhenKnown } from './tell.ts'

export const paymentRefundFailed = reaction('PaymentRefundFailed', (correspondence, { data }) =>
  tellWhenKnown(correspondence, data, 'refund_failed'),
)
