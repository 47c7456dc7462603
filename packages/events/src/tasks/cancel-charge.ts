import { task } from '@quadrille/messages'
import { z } from 'zod'
import { amount, currencyCode, orderId } from '../primitives.ts'

export const CancelCharge = task('CancelCharge', z.object({ orderId, amount, currency: currencyCode }), {
  summary: 'cancel the charge at the gateway, or find out that it was captured',
})
