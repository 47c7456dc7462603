/** Runs a batch again after a conflict, and splits a batch that fails as a whole. */
import { setTimeout as pause } from 'node:timers/promises'
import { toError } from '@quadrille/async'
import type { Decoded } from '@quadrille/messages'
import { concernsStatement, faultOf, isLockTimeout, isOutOfMemory } from '@quadrille/postgres'
import { Unavailable } from '../errors/unavailable.ts'
import { applyBatch, type BatchOptions, type Held, type Outcome } from './batch.ts'
import { conflictTries, type PostgresAvailability } from './postgres-availability.ts'

export interface BatchRunnerOptions {
  readonly availability: Pick<PostgresAvailability, 'works' | 'refused'>
  readonly onUnavailable: (error: unknown) => void
  /** For the jitter between tries. Default Math.random. */
  readonly random?: () => number
}

/** The result of one try to react to a message. */
export type Reacted<State = unknown> =
  | Outcome<State>
  /**
   * Another session holds a lock that the message needs, or Postgres refuses this message. Nothing has changed; others may succeed.
   * `lockedOut`: some message of its batch waited for the lock until the timeout, perhaps this one.
   */
  | { readonly status: 'not_now'; readonly error: Unavailable; readonly lockedOut: boolean }
  /** Postgres can't be used. Unless the connection was lost during the commit, nothing has changed. */
  | { readonly status: 'unavailable'; readonly error: Unavailable }

/** Resolves with a result for each message, in their order. */
export type RunBatch<State> = (
  items: readonly Decoded[],
  batch: Omit<BatchOptions<State>, 'waits'>,
) => Promise<Reacted<State>[]>

export interface BatchRunner<State> {
  /** If a lock outlasts the lock timeout, which a claim would not have found, no message of the batch can be handled now. */
  readonly runBatch: RunBatch<State>
  /** Also finds out which messages wait for the lock. This may take the lock timeout several times. */
  readonly runIsolating: RunBatch<State>
}

/** A lock outlasted the timeout: only waiting shows which message needs it. */
interface LockedOut {
  readonly status: 'locked_out'
}

/** Postgres has answered, and what it lacks or finds damaged may concern this message only. */
interface Refused {
  readonly status: 'refused'
  readonly error: Error
}

interface Away {
  readonly status: 'unavailable'
  readonly error: Unavailable
}

type Result<State> = Outcome<State> | Held | LockedOut | Refused | Away

export const createBatchRunner = <State>({
  availability,
  onUnavailable,
  random = Math.random,
}: BatchRunnerOptions): BatchRunner<State> => {
  type Run = (items: readonly Decoded[], batch: Omit<BatchOptions<State>, 'waits'>) => Promise<Result<State>[]>
  const sharing = createSharing()

  const run: Run = async (items, batch) => {
    try {
      const outcomes = await despiteConflicts(() => withoutLongWaits(items, batch))
      availability.works()
      return outcomes
    } catch (error) {
      if (isLockTimeout(error)) return items.map(() => ({ status: 'locked_out' }))
      if (isForAll(error, items)) return unavailable(items, error)
      return items.length > 1 ? inHalves(items, (half) => run(half, batch)) : [ofOne(error)]
    }
  }

  const ofOne = (cause: unknown): Result<State> => {
    const error = toError(cause)
    if (faultOf(error) !== 'unavailable') return { status: 'failed', error }
    onUnavailable(error)
    availability.refused(error)
    return { status: 'refused', error }
  }

  const isolate: Run = async (items, batch) => {
    const outcomes = await run(items, batch)
    if (items.length === 1 || outcomes.some(({ status }) => status !== 'locked_out')) return outcomes
    return inHalves(items, (half) => isolate(half, batch))
  }

  const despiteConflicts = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await work()
      } catch (error) {
        if (faultOf(error) !== 'conflict' || isLockTimeout(error) || tried === conflictTries) throw error
      }
      await pause(random() * 2 ** tried)
    }
  }

  /** A lock that outlasts the timeout is most likely one on a shared row: the batch is run again at once, and doesn't wait for it. */
  const withoutLongWaits = async (
    items: readonly Decoded[],
    batch: Omit<BatchOptions<State>, 'waits'>,
  ): Promise<(Outcome<State> | Held)[]> => {
    const waits = batch.tables.sharesRows === true && sharing.waits()
    try {
      const outcomes = await applyBatch(items, { ...batch, waits })
      if (waits) sharing.waited()
      return outcomes
    } catch (error) {
      if (!waits || !isLockTimeout(error)) throw error
    }
    sharing.timedOut()
    return applyBatch(items, { ...batch, waits: false })
  }

  const unavailable = (items: readonly Decoded[], cause: unknown): Away[] => {
    onUnavailable(cause)
    const error = new Unavailable('Postgres is not available.', { cause })
    return items.map(() => ({ status: 'unavailable', error }))
  }

  return {
    runBatch: async (items, batch) => (await run(items, batch)).map(toReacted),
    runIsolating: async (items, batch) => (await isolate(items, batch)).map(toReacted),
  }
}

const locked = () => new Unavailable('Another session has locked the rows of this message; try again.')

const toReacted = <State>(result: Result<State>): Reacted<State> => {
  switch (result.status) {
    case 'held':
    case 'locked_out':
      return { status: 'not_now', error: locked(), lockedOut: result.status === 'locked_out' }
    case 'refused':
      return {
        status: 'not_now',
        error: new Unavailable('Postgres can’t do this for now; try again.', { cause: result.error }),
        lockedOut: false,
      }
    default:
      return result
  }
}

/** True where no statement can succeed. More locks than Postgres has room for are not an outage, as long as a smaller batch can be tried. */
const isForAll = (error: unknown, { length }: readonly unknown[]): boolean =>
  faultOf(error) === 'unavailable' && !concernsStatement(error) && !(isOutOfMemory(error) && length > 1)

/**
 * Settles the items in two halves. Where the whole first half was refused, the second most likely is, too: it is refused without
 * a try, so that a batch costs a few transactions instead of hundreds where nothing can succeed. Refused items are tried again
 * after pauses of random length, so one that would succeed is soon in a batch, or at a place in one, where it does.
 */
const inHalves = async <Item, State>(
  items: readonly Item[],
  run: (half: readonly Item[]) => Promise<Result<State>[]>,
): Promise<Result<State>[]> => {
  const half = Math.ceil(items.length / 2)
  const [first, second] = [await run(items.slice(0, half)), items.slice(half)]
  const refused = first.find((outcome) => outcome.status === 'refused')
  if (refused && half >= refusedInARow && first.every(({ status }) => status === 'refused'))
    return [...first, ...second.map(() => refused)]
  return [...first, ...(await run(second))]
}

/** So many items refused one after the other, and the rest of their batch isn't tried. */
const refusedInARow = 4

/** How long after a lock timeout batches don't wait for shared rows, ms: longer than the longest pause of what is set aside. */
const waitingSuspendedMs = 3_000

/**
 * Whether batches wait for rows that subjects share. Another instance holds such a row for milliseconds, and waiting for it is the
 * fastest. After a lock timeout batches don't wait for a while; then one waits as a probe, and the others follow if it succeeds.
 */
const createSharing = () => {
  let suspendedAt = Number.NEGATIVE_INFINITY
  const suspend = () => {
    suspendedAt = performance.now()
  }
  return {
    waits: (): boolean => {
      if (suspendedAt === Number.NEGATIVE_INFINITY) return true
      if (performance.now() - suspendedAt <= waitingSuspendedMs) return false
      suspend() // until this probe has ended
      return true
    },
    waited: () => {
      suspendedAt = Number.NEGATIVE_INFINITY
    },
    timedOut: suspend,
  }
}
