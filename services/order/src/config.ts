import { dayMs, duration, idempotencyTtl, integer } from '@quadrille/service'
import { z } from 'zod'

const peer = (name: string) =>
  z
    .url({ protocol: /^https?$/ })
    .describe(`Where ${name} is asked why an order is stuck: its port for operations. No order depends on it`)

/** The variables that only this service has. */
export const config = z.object({
  ORDER_TTL: duration.prefault('15m').describe('How long an order may stay open before it is cancelled as expired'),
  EXPIRY_PAUSE_MAX: duration
    .prefault('5m')
    .describe(
      'How long expiry waits, beyond an order’s time, for what others may have said; then the order expires all the same',
    ),
  IDEMPOTENCY_TTL: idempotencyTtl,
  HISTORY_TTL: duration
    .refine((ttlMs) => ttlMs >= 30 * dayMs, 'must be 30d or more: until then auditors count on it')
    .optional()
    .describe('How long the history of a settled order is kept; default: for ever'),
  ORDERS_OPEN_MAX: integer(1, 1_000_000)
    .default(50_000)
    .describe('Orders that may be open at a time; more are refused with 503'),
  STUCK_AFTER: duration
    .optional()
    .describe(
      'How long an order may be open before it counts as stuck; default: ten times what 99 of 100 take, 30s at least',
    ),
  PAYMENT_URL: peer('payment').default('http://127.0.0.1:3001'),
  INVENTORY_URL: peer('inventory').default('http://127.0.0.1:3002'),
})

export type Config = z.output<typeof config>
