import { event } from '@quadrille/messages'
import { z } from 'zod'
import { orderExample } from '../examples.ts'
import { missingLines, orderId } from '../primitives.ts'

export const InventoryRejected = event('InventoryRejected', z.object({ orderId, missing: missingLines }), {
  summary:
    'at least one line of a paid order is not available, so nothing is reserved; a later cancellation gets no further answer',
  example: { orderId: orderExample.orderId, missing: [{ sku: 'mug', requested: 2, available: 1 }] },
})
