import { z } from 'zod'
import { event } from '../definition.ts'
import { missingLine, orderId } from '../primitives.ts'

export const InventoryRejected = event(
  'InventoryRejected',
  z.object({ orderId, missing: z.array(missingLine).min(1) }),
  { means: 'at least one line is not available, so nothing is held' },
)
