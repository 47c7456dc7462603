import { duration } from '@quadrille/service'
import { z } from 'zod'

export const config = z.object({
  ORDER_TTL: duration
    .default(15 * 60_000)
    .describe('How long an order may stay open before it is cancelled as expired: 15m'),
  IDEMPOTENCY_TTL: duration.default(24 * 3_600_000).describe('How long an idempotency key is remembered: 24h at least'),
})

export type Config = z.output<typeof config>
