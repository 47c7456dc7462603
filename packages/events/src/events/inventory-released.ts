import { event } from '@quadrille/messages'
import { z } from 'zod'
import { orderExample, stockLinesExample } from '../examples.ts'
import { orderId, stockLines } from '../primitives.ts'

export const InventoryReleased = event('InventoryReleased', z.object({ orderId, lines: stockLines }), {
  summary: 'the answer to a cancellation; reserved stock, if any, is available again',
  example: { orderId: orderExample.orderId, lines: stockLinesExample },
})
