import { event } from '@quadrille/messages'
import { z } from 'zod'
import { orderExample } from '../examples.ts'
import { orderId } from '../primitives.ts'

export const PaymentVoided = event('PaymentVoided', z.object({ orderId }), {
  summary: 'the answer to a cancellation; nothing was captured, and nothing will be',
  example: { orderId: orderExample.orderId },
})
