import { event } from '@quadrille/messages'
import { z } from 'zod'
import { orderExample } from '../examples.ts'
import { orderId } from '../primitives.ts'

export const PaymentVoided = event('PaymentVoided', z.object({ orderId }), {
  means: 'the answer to a cancellation when nothing was captured and nothing ever will be',
  example: { orderId: orderExample.orderId },
})
