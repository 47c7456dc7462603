/** The rate limit of a work queue: its own, and that of all tasks of the service. */
import type { Database } from '@quadrille/postgres'
import type { PostgresAvailability } from '../core/postgres-availability.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { createPermits } from './permits.ts'
import { limitRate } from './policies/limit-rate.ts'
import type { Policy } from './policy.ts'
import type { Slots } from './slots.ts'

export interface RateLimitOptions {
  readonly config: { readonly TASK_RATE?: number | undefined }
  readonly storage: { readonly database: Database }
  readonly availability: PostgresAvailability
  readonly metrics: Pick<Metrics, 'rateLimited'>
  readonly slots: Slots
  readonly stopping: AbortController
}

/** The name of the bucket for all work queues of the service. Queues have a dot in their names. */
const allTasks = 'tasks'

/** No policy if nothing limits the rate. @param rate of this queue, per second. */
export const rateLimitOf = (
  queue: string,
  rate: number | undefined,
  { config, storage: { database }, availability, metrics, slots, stopping: { signal: stopping } }: RateLimitOptions,
): Policy[] => {
  const limits = Object.entries({ [queue]: rate, [allTasks]: config.TASK_RATE }).flatMap(([name, perSecond]) =>
    perSecond === undefined ? [] : [{ name, perSecond }],
  )
  if (limits.length === 0) return []
  metrics.rateLimited.set({ queue }, 0)
  const onWaiting = (change: number) => metrics.rateLimited.inc({ queue }, change)
  const permits = createPermits({ limits, database, availability, stopping })
  return [limitRate({ permits, slots, onWaiting, stopping })]
}
