/** Permits for tasks whose rate is limited. All instances of the service take them from the same buckets in Postgres. */
import { Fifo, pause, toError } from '@quadrille/async'
import { type Granted, insertRateLimits, type RateLimit, takePermits } from '@quadrille/outbox'
import type { Database } from '@quadrille/postgres'
import type { PostgresAvailability } from '../core/postgres-availability.ts'

export interface Permits {
  /**
   * Resolves to true with a permit, in the order of the calls. Resolves to false without one if the service stops, or if `isRevoked`,
   * which is checked before each statement: the task waits no longer. While Postgres is unavailable, the statement is repeated.
   * @throws if the statement fails for another reason.
   */
  take(isRevoked: () => boolean): Promise<boolean>
}

export interface PermitsOptions {
  readonly limits: readonly RateLimit[]
  readonly database: Database
  readonly availability: Pick<PostgresAvailability, 'retryWhileUnavailable'>
  readonly stopping: AbortSignal
}

interface Waiter {
  readonly isRevoked: () => boolean
  readonly resolve: (granted: boolean) => void
  readonly reject: (error: Error) => void
}

/** The limits for the pause between two statements, ms. During a pause several permits become available, if the rate is high. */
const minPauseMs = 50
const maxPauseMs = 1_000

/** The name of the bucket for all work queues of the service. Queues have a dot in their names. */
const allTasks = 'tasks'

/** The limits for the tasks of a queue: its own rate per second, and that of all tasks of the service. Empty if neither is set. */
export const rateLimitsOf = (queue: string, own: number | undefined, ofAll: number | undefined): RateLimit[] =>
  Object.entries({ [queue]: own, [allTasks]: ofAll }).flatMap(([name, perSecond]) =>
    perSecond === undefined ? [] : [{ name, perSecond }],
  )

/** @param options one permit is taken from each of the limits. */
export const createPermits = (options: PermitsOptions): Permits => {
  const { stopping } = options
  const waiters = new Fifo<Waiter>()
  let running = false
  const resolveNext = (count: number, granted: boolean) => {
    for (let index = 0; index < count; index += 1) waiters.shift()?.resolve(granted)
  }
  /** Tasks that wait no longer need no permit. Returns the number of the others. */
  const dropRevoked = () => {
    for (const waiter of waiters.drain()) {
      if (waiter.isRevoked()) waiter.resolve(false)
      else waiters.push(waiter)
    }
    return waiters.length
  }
  const takeForAll = async () => {
    while (waiters.length > 0 && !stopping.aborted) {
      const granted = await takeFrom(options, dropRevoked)
      if (!granted) break
      resolveNext(granted.count, true)
      if (waiters.length > 0) await pause(pauseMs(granted), stopping)
    }
    running = false
    resolveNext(waiters.length, false)
  }
  const run = () => {
    running = true
    return takeForAll().catch((error) => {
      running = false
      for (const { reject } of waiters.drain()) reject(toError(error))
    })
  }
  return {
    take: (isRevoked) =>
      new Promise((resolve, reject) => {
        waiters.push({ isRevoked, resolve, reject })
        if (!running) void run()
      }),
  }
}

/** Null if the service stops. */
const takeFrom = ({ limits, database, availability }: PermitsOptions, wanted: () => number): Promise<Granted | null> =>
  availability.retryWhileUnavailable(async () => {
    const count = wanted()
    if (count === 0) return { count, nextInMs: 0 }
    const granted = await takePermits(database, limits, count)
    if (granted) return granted
    await insertRateLimits(database, limits)
    return { count: 0, nextInMs: 0 }
  })

/** With jitter, so that instances take turns. */
const pauseMs = ({ nextInMs }: Granted): number =>
  Math.min(Math.max(nextInMs, minPauseMs), maxPauseMs) * (1 + Math.random() / 4)
