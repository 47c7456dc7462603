import { event } from '@quadrille/messages'
import { z } from 'zod'
import { orderExample, stockLinesExample } from '../examples.ts'
import { orderId, stockLines } from '../primitives.ts'

export const InventoryReleased = event('InventoryReleased', z.object({ orderId, lines: stockLines }), {
  means: 'the answer to a cancellation; held stock, if any, is free again',
  example: { orderId: orderExample.orderId, lines: stockLinesExample },
})
