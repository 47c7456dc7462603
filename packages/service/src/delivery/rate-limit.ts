/** The rate limit of a work queue: its own, and that of all tasks of the service. */
import type { Database } from '@quadrille/postgres'
import type { PostgresAvailability } from '../core/postgres-availability.ts'
import { createPermits } from './permits.ts'
import { limitRate, type RateLimiting } from './policies/limit-rate.ts'
import type { Slots } from './slots.ts'

export interface RateLimitOptions {
  readonly config: { readonly TASK_RATE?: number | undefined }
  readonly storage: { readonly database: Database }
  readonly availability: PostgresAvailability
  readonly slots: Slots
  /** Ends the wait for permits. */
  readonly stopping: AbortSignal
}

/** The name of the bucket for all work queues of the service. Queues have a dot in their names. */
const allTasks = 'tasks'

/** Undefined if nothing limits the rate. @param rate of this queue, per second. */
export const rateLimitOf = (
  queue: string,
  rate: number | undefined,
  { config, storage: { database }, availability, slots, stopping }: RateLimitOptions,
): RateLimiting | undefined => {
  const limits = Object.entries({ [queue]: rate, [allTasks]: config.TASK_RATE }).flatMap(([name, perSecond]) =>
    perSecond === undefined ? [] : [{ name, perSecond }],
  )
  if (limits.length === 0) return undefined
  const permits = createPermits({ limits, database, availability, stopping })
  return limitRate({ permits, slots, stopping })
}
