import { primitives } from '@quadrille/events'
import { z } from 'zod'

/** Headers of a route that takes an Idempotency-Key, as draft-ietf-httpapi-idempotency-key-header names it. */
export const idempotencyHeaders = z.object({
  'idempotency-key': primitives
    .text(255)
    .min(1)
    .optional()
    .describe(
      'A repetition under the same key gets the first answer, and has no effect. Remembered for 24 hours at least.',
    ),
})
