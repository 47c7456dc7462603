import { idempotencyTtl } from '@quadrille/service'
import { z } from 'zod'

/** Variables of the inventory service only. */
export const config = z.object({
  SEED: z
    .enum(['demo', 'none'])
    .default('none')
    .describe('demo adds the SKUs of the demo catalog that do not exist yet; none adds nothing'),
  IDEMPOTENCY_TTL: idempotencyTtl,
})
