import { primitives } from '@quadrille/events'
import { z } from 'zod'
import { dayMs, duration } from '../runtime/config.ts'
import type { HeaderDocs } from './route.ts'

/** Headers of a route that takes an Idempotency-Key, as draft-ietf-httpapi-idempotency-key-header names it. */
export const idempotencyHeaders = z.object({
  'idempotency-key': primitives
    .visibleText(255)
    .min(1)
    .optional()
    .describe(
      'A repetition under the same key gets the first answer, and has no effect. Remembered for 24 hours at least.',
    ),
})

/** Headers of an answer that was given before, under the same key. */
export const replayedHeaders = { 'idempotent-replayed': 'true' } as const

/** Those headers, for the document of a route. */
export const replayedHeaderDocs: HeaderDocs = {
  'Idempotent-Replayed': '`true` where this is the first answer to the Idempotency-Key, given again',
}

/** The variable that says for how long keys are remembered. */
export const idempotencyTtl = duration
  .refine((ttlMs) => ttlMs >= dayMs, 'must be 24h or more, because clients count on that')
  .prefault('24h')
  .describe('How long an idempotency key is remembered; the default is the least')
