import { duration } from '@quadrille/service'
import { z } from 'zod'

export const config = z.object({
  ORDER_TTL: duration.prefault('15m').describe('How long an order may stay open before it is cancelled as expired'),
  IDEMPOTENCY_TTL: duration
    .prefault('24h')
    .describe('How long an idempotency key is remembered; the default is the least'),
})

export type Config = z.output<typeof config>
