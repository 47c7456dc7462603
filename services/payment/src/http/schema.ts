/** The schemas of requests and responses about payments. */
import { primitives } from '@quadrille/events'
import { z } from 'zod'
import { isPaid, type Payment } from '../domain/payment.ts'
import { paymentExample } from './examples.ts'

export const paymentParams = z.strictObject({ orderId: primitives.orderId })

export const paymentView = z
  .object({
    orderId: primitives.orderId,
    status: z.enum(['pending', 'captured', 'declined', 'voided', 'refunding', 'refunded', 'refund_failed']).meta({
      description:
        '`pending`: the outcome of the charge is not known yet. `voided`: nothing was captured, and nothing will be. `refund_failed`: the gateway refused the refund, and an operator must act.',
    }),
    captured: primitives.amount.meta({ description: 'The amount that was captured, in minor units.' }),
    refunded: primitives.amount.meta({ description: 'The amount that was refunded, in minor units.' }),
    currency: primitives.currencyCode,
    attempts: z.int().min(0).meta({ description: 'The number of attempts to capture the amount.' }),
  })
  .meta({ title: 'Payment', description: 'The payment of an order.', examples: [paymentExample] })

/** A cancelled order's payment is shown as pending until the gateway's outcome is final. */
export const view = (payment: Payment): z.output<typeof paymentView> => ({
  orderId: payment.orderId,
  status: payment.status === 'cancelling' ? 'pending' : payment.status,
  captured: isPaid(payment) ? payment.captured : 0,
  refunded: payment.status === 'refunded' ? payment.captured : 0,
  currency: payment.currency,
  attempts: payment.attempts,
})
