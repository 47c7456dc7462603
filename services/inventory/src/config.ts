import { idempotencyTtl, integer } from '@quadrille/service'
import { z } from 'zod'

/** Variables of the inventory service only. */
export const config = z.object({
  SEED: z
    .enum(['demo', 'none'])
    .default('none')
    .describe('demo adds the SKUs of the demo catalog that do not exist yet; none adds nothing'),
  IDEMPOTENCY_TTL: idempotencyTtl,
  PHOTOS_DIR: z
    .string()
    .min(1)
    .default('.quadrille/photos')
    .describe(
      'Folder of the photos, which all instances must share. Change it only while all are stopped, and copy the folder then. npm start uses the folder photos in DATA_DIR',
    ),
  PHOTO_WORKERS: integer(1, 64)
    .default(1)
    .describe(
      'Maximum number of processes that process photos; each uses a processor and up to 600 MB while it runs. Leave at least one processor free for orders',
    ),
  PHOTO_PRIORITY: z
    .enum(['idle', 'normal'])
    .default('idle')
    .describe(
      'idle processes photos while nothing else needs the processor, so they wait while the machine is busy; normal does not wait, and delays orders',
    ),
})

export type Config = z.output<typeof config>
