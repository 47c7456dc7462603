import { nothing } from '@quadrille/service'
import { isPaid } from '../../domain/payment.ts'
import { reaction } from '../reaction.ts'

/** A refusal that these books have lost: the gateway isn't asked again, unless a person says so. */
export const paymentRefundFailed = reaction('PaymentRefundFailed', (payment, { data: { orderId, code } }) => {
  if (!payment || !isPaid(payment))
    throw new Error(`A refund of order ${orderId} failed, but no capture of it is known.`)
  const isBehind = payment.status === 'captured' || (payment.status === 'refunding' && payment.round === 1)
  return isBehind ? { state: { ...payment, status: 'refund_failed', round: 1, code } } : nothing
})
