import { duration } from '@quadrille/service'
import { z } from 'zod'

/** The variables that only this service has. */
export const config = z.object({
  SEED: z
    .enum(['demo', 'none'])
    .default('none')
    .describe('demo puts the SKUs of the demo catalog in, each of them once; none leaves the catalog as it is'),
  IDEMPOTENCY_TTL: duration
    .default(24 * 3_600_000)
    .describe('How long the idempotency key of a receipt is remembered, as in 24h'),
})

export type Config = z.output<typeof config>
