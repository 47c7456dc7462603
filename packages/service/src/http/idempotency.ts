import { primitives } from '@quadrille/events'
import { z } from 'zod'
import { dayMs, duration } from '../config.ts'

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

/** The variable that says for how long keys are remembered. */
export const idempotencyTtl = duration
  .refine((ttlMs) => ttlMs >= dayMs, 'must be 24h or more, because clients count on that')
  .prefault('24h')
  .describe('How long an idempotency key is remembered; the default is the least')
