import { idempotencyTtl } from '@quadrille/service'
import { z } from 'zod'

/** The variables that only this service has. */
export const config = z.object({
  SEED: z
    .enum(['demo', 'none'])
    .default('none')
    .describe('demo puts the SKUs of the demo catalog in, each of them once; none leaves the catalog as it is'),
  IDEMPOTENCY_TTL: idempotencyTtl,
})
