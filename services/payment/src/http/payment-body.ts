import { primitives } from '@quadrille/events'
import { z } from 'zod'
import { isPaid, type Payment } from '../domain/payment.ts'

const statuses = ['pending', 'captured', 'declined', 'voided', 'refunding', 'refunded', 'refund_failed'] as const

/** A payment as clients see it. */
export const paymentSchema = z.object({
  orderId: primitives.orderId,
  status: z.enum(statuses),
  captured: primitives.amount,
  refunded: primitives.amount,
  currency: primitives.currencyCode,
  attempts: z.int().min(0).meta({ description: 'how often the gateway was asked to capture' }),
})

/** A cancelled order's payment is pending until the gateway has had its last word. */
export const toBody = (payment: Payment): z.output<typeof paymentSchema> => ({
  orderId: payment.orderId,
  status: payment.status === 'cancelling' ? 'pending' : payment.status,
  captured: isPaid(payment) ? payment.captured : 0,
  refunded: payment.status === 'refunded' ? payment.captured : 0,
  currency: payment.currency,
  attempts: payment.attempts,
})

export const paymentParams = z.object({ orderId: primitives.orderId })
