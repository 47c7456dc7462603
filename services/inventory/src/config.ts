import { duration } from '@quadrille/service'
import { z } from 'zod'

const dayMs = 24 * 60 * 60 * 1_000

/** The variables that only this service has. */
export const config = z.object({
  SEED: z
    .enum(['demo', 'none'])
    .default('none')
    .describe('demo puts the SKUs of the demo catalog in, each of them once; none leaves the catalog as it is'),
  IDEMPOTENCY_TTL: duration
    .refine((ttlMs) => ttlMs >= dayMs, 'must be 24h or more, because clients count on that')
    .prefault('24h')
    .describe('How long an idempotency key is remembered; the default is the least'),
})

export type Config = z.output<typeof config>
