import { z } from 'zod'
import { event, evolve } from '../definition.ts'
import { amount, code, currency, orderId } from '../primitives.ts'

const v1 = z.object({ orderId, amount, currency, code })

/** Version 2 says what the customer can do about it: top up, or use another method. */
const v2 = v1.extend({ category: z.enum(['insufficient_funds', 'refused']) })

/** Gateways name the lack of money in more than one way; every other code is a refusal of the method. */
const categoryOf = (code: string): z.output<typeof v2>['category'] =>
  (/insufficient|funds/.test(code) ? 'insufficient_funds' : 'refused')

export const PaymentDeclined = evolve(
  event('PaymentDeclined', v1, { means: 'refused by the issuer: a business outcome, not an error' }),
  v2,
  {
    up: (older) => ({ ...older, category: categoryOf(older.code) }),
    down: ({ category: _, ...older }) => older,
  },
)
