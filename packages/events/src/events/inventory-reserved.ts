import { z } from 'zod'
import { event } from '../definition.ts'
import { orderId, stockLine } from '../primitives.ts'

export const InventoryReserved = event(
  'InventoryReserved',
  z.object({ orderId, lines: z.array(stockLine).min(1) }),
  { means: 'stock held for a paid order' },
)
