import { task } from '@quadrille/messages'
import { z } from 'zod'
import { amount, currencyCode, customer, occasion, orderId } from '../primitives.ts'

export const Notify = task('Notify', z.object({ orderId, occasion, customer, currency: currencyCode, total: amount }), {
  summary: 'notify the customer; each channel has its own queue',
  identity: ({ occasion }) => occasion,
})
