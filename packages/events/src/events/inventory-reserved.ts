import { event } from '@quadrille/messages'
import { z } from 'zod'
import { orderExample, stockLinesExample } from '../examples.ts'
import { orderId, stockLines } from '../primitives.ts'

export const InventoryReserved = event('InventoryReserved', z.object({ orderId, lines: stockLines.min(1) }), {
  summary: 'stock is reserved for a paid order',
  example: { orderId: orderExample.orderId, lines: stockLinesExample },
})
