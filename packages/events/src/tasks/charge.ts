import { task, timestamp } from '@quadrille/messages'
import { z } from 'zod'
import { amount, currencyCode, orderId, paymentMethod } from '../primitives.ts'

export const Charge = task(
  'Charge',
  z.object({ orderId, amount, currency: currencyCode, method: paymentMethod, expiresAt: timestamp }),
  {
    summary: 'capture the amount at the gateway, unless the order has expired',
  },
)
