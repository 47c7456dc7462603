/** What a client may send about payments, and what it gets. */
import { primitives } from '@quadrille/events'
import { z } from 'zod'
import { isPaid, type Payment } from '../domain/payment.ts'

export const paymentParams = z.strictObject({ orderId: primitives.orderId })

export const paymentView = z.object({
  orderId: primitives.orderId,
  status: z.enum(['pending', 'captured', 'declined', 'voided', 'refunding', 'refunded', 'refund_failed']),
  captured: primitives.amount,
  refunded: primitives.amount,
  currency: primitives.currencyCode,
  attempts: z.int().min(0).meta({ description: 'how often the gateway was asked to capture' }),
})

/** A cancelled order's payment is pending until the gateway has had its last word. */
export const view = (payment: Payment): z.output<typeof paymentView> => ({
  orderId: payment.orderId,
  status: payment.status === 'cancelling' ? 'pending' : payment.status,
  captured: isPaid(payment) ? payment.captured : 0,
  refunded: payment.status === 'refunded' ? payment.captured : 0,
  currency: payment.currency,
  attempts: payment.attempts,
})
