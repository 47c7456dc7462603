import { dayMs, duration, idempotencyTtl, integer } from '@quadrille/service'
import { z } from 'zod'

const peer = (name: string) =>
  z
    .url({ protocol: /^https?$/, error: 'must be like http://127.0.0.1:3001' })
    .regex(/^[^@?#]*$/, 'must have no user, no query and no fragment') // `fetch` sends no request to a URL with a user
    .describe(`URL of the ${name} service’s admin endpoints, for diagnosing stuck orders. Orders do not depend on it`)

/** Variables of the order service only. */
export const config = z.object({
  ORDER_TTL: duration.prefault('15m').describe('How long an order may stay open before it is cancelled as expired'),
  EXPIRY_PAUSE_MAX: duration
    .prefault('5m')
    .describe(
      'Longest delay of an order’s expiry while events of other services may be missing. A start of the process begins the count again, and time without Postgres does not count',
    ),
  IDEMPOTENCY_TTL: idempotencyTtl,
  HISTORY_TTL: duration
    .refine((ttlMs) => ttlMs >= 30 * dayMs, 'must be 30d or more, because the audit needs it')
    .optional()
    .describe('How long the history of a settled order is kept; default: indefinitely'),
  ORDER_CHECK: z
    .enum(['off', 'catalog', 'stock'])
    .default('catalog')
    .describe(
      'The question to the inventory service before an order is accepted. catalog: do its new SKUs exist; stock: is everything available; off: none. Without an answer in time the order is accepted',
    ),
  ORDER_CHECK_TIMEOUT_MS: integer(1, 30_000)
    .default(150)
    .describe(
      'How long an order or a request for availability waits for the answer of the inventory service, ms. It counts toward HTTP_MAX_IN_FLIGHT meanwhile. If this is long and inventory does not answer, all requests may get 429',
    ),
  ORDERS_OPEN_MAX: integer(1, 1_000_000)
    .default(50_000)
    .describe('Maximum number of open orders; at this number new orders are rejected with 503'),
  STUCK_AFTER: duration
    .optional()
    .describe(
      'Age from which an open order counts as stuck. Default: ten times the 99th percentile of the time to settle of recent orders that did not expire. It is at least 30s, and at most ORDER_TTL + EXPIRY_PAUSE_MAX, because open orders expire by then',
    ),
  PAYMENT_URL: peer('payment').default('http://127.0.0.1:3001'),
  INVENTORY_URL: peer('inventory').default('http://127.0.0.1:3002'),
})

export type Config = z.output<typeof config>
