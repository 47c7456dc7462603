import { dayMs, duration, idempotencyTtl, integer } from '@quadrille/service'
import { z } from 'zod'

const peer = (name: string) =>
  z
    .url({ protocol: /^https?$/ })
    .describe(`Operations URL of the ${name} service, asked about stuck orders. No order depends on it`)

/** Variables of the order service only. */
export const config = z.object({
  ORDER_TTL: duration.prefault('15m').describe('How long an order may stay open before it is cancelled as expired'),
  EXPIRY_PAUSE_MAX: duration
    .prefault('5m')
    .describe(
      'How long expiry waits at most, beyond an order’s time, for events of other services; then the order expires',
    ),
  IDEMPOTENCY_TTL: idempotencyTtl,
  HISTORY_TTL: duration
    .refine((ttlMs) => ttlMs >= 30 * dayMs, 'must be 30d or more: auditors rely on it')
    .optional()
    .describe('How long the history of a settled order is kept; default: indefinitely'),
  ORDERS_OPEN_MAX: integer(1, 1_000_000)
    .default(50_000)
    .describe('Largest number of open orders; at this number new ones are refused with 503'),
  STUCK_AFTER: duration
    .optional()
    .describe(
      'Age from which an open order counts as stuck; default: ten times the 99th percentile of the time to settle, 30s at least',
    ),
  PAYMENT_URL: peer('payment').default('http://127.0.0.1:3001'),
  INVENTORY_URL: peer('inventory').default('http://127.0.0.1:3002'),
})

export type Config = z.output<typeof config>
