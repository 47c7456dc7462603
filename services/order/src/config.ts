import { duration } from '@quadrille/service'
import { z } from 'zod'

const dayMs = 24 * 60 * 60 * 1_000

/** The variables that only this service has. */
export const config = z.object({
  ORDER_TTL: duration.prefault('15m').describe('How long an order may stay open before it is cancelled as expired'),
  IDEMPOTENCY_TTL: duration
    .refine((ttlMs) => ttlMs >= dayMs, 'must be 24h or more, because clients count on that')
    .prefault('24h')
    .describe('How long an idempotency key is remembered; the default is the least'),
})

export type Config = z.output<typeof config>
