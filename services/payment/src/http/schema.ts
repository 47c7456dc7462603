/** The schemas of requests and responses about payments. */
import { primitives } from '@quadrille/events'
import { z } from 'zod'
import { paymentExample } from './examples.ts'

export const paymentParams = z.strictObject({ orderId: primitives.orderId })

const refusal = z.object({
  code: z.string().nullable().meta({ description: 'The gateway’s code for the reason; null if it is unknown.' }),
  at: z.iso.datetime().meta({ description: 'The time of the refusal.' }),
})

/** The newest that are shown. Each further one is the request of a person. */
export const maxRefusals = 20

export const refundView = z.object({
  attempts: z.int().min(0).meta({
    description:
      'The number of rounds: 1, and one more for each retry by an operator. The gateway may be asked several times in a round. 0 if the captured amount was 0.',
  }),
  refusal: refusal.nullable().meta({
    description: 'The last refusal of the gateway; null while it has not answered, and after the refund.',
  }),
  refusals: z
    .array(refusal.extend({ attempt: z.int().min(1).meta({ description: 'The number of the refused round.' }) }))
    .meta({ description: `The refusals of the gateway, the oldest first: the last ${maxRefusals}.` }),
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
