import { idempotencyTtl } from '@quadrille/service'
import { z } from 'zod'

/** Variables of the inventory service only. */
export const config = z.object({
  SEED: z
    .enum(['demo', 'none'])
    .default('none')
    .describe('demo adds the SKUs of the demo catalog, each of them once; none leaves the catalog unchanged'),
  IDEMPOTENCY_TTL: idempotencyTtl,
})
