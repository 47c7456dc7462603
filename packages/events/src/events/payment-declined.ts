import { event, withVersion } from '@quadrille/messages'
import { z } from 'zod'
import { amountExample } from '../examples.ts'
import { amount, code, currencyCode, orderId } from '../primitives.ts'

const v1 = z.object({ orderId, amount, currency: currencyCode, code })

/** Version 2 adds what the customer can do: add money, or use another method. */
const v2 = v1.extend({
  category: z
    .enum(['insufficient_funds', 'refused'])
    .meta({ description: 'The remedy for the customer: add money, or use another payment method.' }),
})

/** Every code of a gateway except `insufficient_funds` is a refusal of the payment method. */
export const declineCategory = (code: string): z.output<typeof v2>['category'] =>
  code === 'insufficient_funds' ? code : 'refused'

export const PaymentDeclined = withVersion(
  event('PaymentDeclined', v1, {
    summary:
      'the issuer or the gateway declined the charge, a business outcome; a later cancellation gets no further answer',
    example: { ...amountExample, code: 'insufficient_funds' },
  }),
  v2,
  {
    up: (older) => ({ ...older, category: declineCategory(older.code) }),
    down: ({ category: _, ...older }) => older,
  },
)
