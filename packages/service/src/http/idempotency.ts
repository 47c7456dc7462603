import { visibleText } from '@quadrille/messages'
import { z } from 'zod'
import { dayMs, duration } from '../config/duration.ts'
import { Problem, unavailable } from './problem.ts'
import type { HeaderDocs } from './route.ts'

/** Request headers of a route with an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header). */
export const idempotencyHeaders = z.object({
  'idempotency-key': visibleText(255)
    .min(1)
    .optional()
    .meta({
      description:
        'A key that the client creates for each request, such as a UUID. A repeated request with the same key and content gets the first response, and has no further effect. The service stores keys for at least 24 hours.',
      examples: ['6f1c3a52-0c9b-4c58-a3a2-5e1d3c0f7b11'],
    }),
})

/** Headers of a response that repeats the first one. */
export const replayedHeaders = { 'idempotent-replayed': 'true' } as const

/** The same headers, for the API document. */
export const replayedHeaderDocs = {
  'Idempotent-Replayed': '`true` if this repeats the first response to the `Idempotency-Key`.',
} satisfies HeaderDocs

/** @param what the earlier request was for, such as `another parcel`. */
export const keyReused = (what: string): Problem =>
  new Problem('idempotency-key-reused', `This Idempotency-Key was used for ${what}. Use a new one.`)

/** The key was known when the request began, and its response was deleted meanwhile. */
export const responseExpired = (): Problem => unavailable('The stored response has just expired; try again.')

export const idempotencyTtl = duration
  .refine((ttlMs) => ttlMs >= dayMs, 'must be 24h or more, because clients rely on that')
  .prefault('24h')
  .describe('How long an idempotency key is stored; the default is the minimum')
