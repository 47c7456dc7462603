import { task } from '@quadrille/messages'
import { z } from 'zod'
import { amount, currencyCode, orderId } from '../primitives.ts'

export const CancelCharge = task('CancelCharge', z.object({ orderId, amount, currency: currencyCode }), {
  means: 'ensure at the gateway that nothing will be captured, or learn that it was',
})
