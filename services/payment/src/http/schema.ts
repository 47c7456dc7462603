/** The schemas of requests and responses about payments. */
import { primitives } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { z } from 'zod'
import { findWaitingTimes } from '../db/payment-table.ts'
import { isPaid, type Payment } from '../domain/payment.ts'
import { paymentExample } from './examples.ts'

export const paymentParams = z.strictObject({ orderId: primitives.orderId })

const refusal = z.object({
  code: z.string().nullable().meta({ description: 'The gateway’s code for the reason; null if it is unknown.' }),
  at: z.iso.datetime().meta({ description: 'The time of the refusal.' }),
})

const refundView = z.object({
  attempts: z.int().min(0).meta({ description: 'How often the refund was requested from the gateway.' }),
  refusal: refusal.nullable().meta({
    description: 'The last refusal of the gateway; null while it has not answered, and after the refund.',
  }),
  manualReference: z
    .string()
    .nullable()
    .meta({ description: 'The proof of a refund that was made by hand; null for a refund by the gateway.' }),
})

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
    gatewayReference: z
      .string()
      .nullable()
      .meta({ description: 'The number of the payment at the gateway; null as long as it has none.' }),
    refund: refundView.nullable().meta({ description: 'The refund; null as long as none was requested.' }),
  })
  .meta({ title: 'Payment', description: 'The payment of an order.', examples: [paymentExample] })

/** A cancelled order's payment is shown as pending until the gateway's outcome is final. */
export const readView = async (database: Database, payment: Payment): Promise<z.output<typeof paymentView>> => ({
  orderId: payment.orderId,
  status: payment.status === 'cancelling' ? 'pending' : payment.status,
  captured: isPaid(payment) ? payment.captured : 0,
  refunded: payment.status === 'refunded' ? payment.captured : 0,
  currency: payment.currency,
  attempts: payment.attempts,
  gatewayReference: payment.gatewayReference,
  refund: await readRefund(database, payment),
})

const readRefund = async (database: Database, payment: Payment): Promise<z.output<typeof refundView> | null> => {
  if (!('round' in payment)) return null
  const { round: attempts, orderId } = payment
  const manualReference = payment.status === 'refunded' ? payment.manualReference : null
  if (payment.status !== 'refund_failed') return { attempts, refusal: null, manualReference }
  const at = (await findWaitingTimes(database, [orderId])).get(orderId) // nothing changes the row of a refused refund
  return { attempts, refusal: at ? { code: payment.code, at: at.toISOString() } : null, manualReference }
}
