/** What a client may post, and what it gets: strict, so that a misspelt field is an error and not a surprise. */
import { primitives } from '@quadrille/events'
import { z } from 'zod'
import { isCardNumber } from './card-number.ts'

const { amount, customer, currency, line, metadataOf, visibleText } = primitives

const totalOf = (lines: readonly { quantity: number; unitPrice: number }[]): number =>
  lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0)

/** A name that the gateway has given to a means of payment. Card numbers must stay out of this system: it stores the method. */
const paymentMethod = visibleText(255)
  .min(1)
  .refine((method) => !isCardNumber(method), 'must be a name from the payment gateway, and not the number of a card')

export const orderRequest = z
  .strictObject({
    customer: z.strictObject({ ...customer.shape, id: visibleText(100).min(1) }),
    currency,
    lines: z.array(z.strictObject(line.shape)).min(1).max(1_000),
    payment: z.strictObject({ method: paymentMethod }),
    reference: visibleText(100).min(1).optional(),
    metadata: metadataOf(visibleText).optional(),
  })
  .refine(({ lines }) => amount.safeParse(totalOf(lines)).success, {
    path: ['lines'],
    message: 'must have a total of 10^12 minor units at most',
  })
  .transform((request) => ({ ...request, total: totalOf(request.lines) }))

export type OrderRequest = z.output<typeof orderRequest>

const at = z.iso.datetime()

export const orderView = z.object({
  id: primitives.orderId,
  reference: z.string().nullable(),
  metadata: z.record(z.string(), z.string()).nullable(),
  status: z.enum(['placed', 'paid', 'fulfilled', 'cancelled']),
  settled: z.boolean(),
  cancellation: z.object({ reason: primitives.cancellationReason }).nullable(),
  customer,
  currency,
  total: amount,
  lines: z.array(line),
  payment: z.object({
    status: z.enum(['pending', 'captured', 'declined', 'voided', 'refunding', 'refunded', 'refund_failed']),
  }),
  inventory: z.object({ status: z.enum(['pending', 'reserved', 'rejected', 'released']) }),
  notifications: z.array(
    z.object({ channel: primitives.channel, occasion: primitives.occasion, status: z.enum(['sent', 'failed']), at }),
  ),
  createdAt: at,
  updatedAt: at,
})

export const orderParams = z.strictObject({ id: primitives.orderId })
