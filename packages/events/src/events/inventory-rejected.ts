import { event } from '@quadrille/messages'
import { z } from 'zod'
import { orderExample } from '../examples.ts'
import { missingLines, orderId } from '../primitives.ts'

export const InventoryRejected = event('InventoryRejected', z.object({ orderId, missing: missingLines }), {
  summary: 'at least one line is not available, so nothing is reserved',
  example: { orderId: orderExample.orderId, missing: [{ sku: 'mug', requested: 2, available: 1 }] },
})
