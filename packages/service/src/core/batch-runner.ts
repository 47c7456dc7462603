/** Runs a batch again after a conflict, and splits a batch that fails as a whole. */
import { toError } from '@quadrille/async'
import type { Decoded } from '@quadrille/messages'
import {
  concernsStatement,
  faultOf,
  isCancellation,
  isLockTimeout,
  isOutOfMemory,
  transientFaultOf,
} from '@quadrille/postgres'
import { Unavailable } from '../errors/unavailable.ts'
import { applyBatch, type BatchOptions, type BatchOutcome, lockedError } from './batch.ts'
import type { Lane } from './lanes.ts'
import type { PostgresAvailability } from './postgres-availability.ts'
import { retryConflicts } from './retry-conflicts.ts'

export interface BatchRunnerOptions {
  readonly availability: Pick<PostgresAvailability, 'recordSuccess' | 'reportFault'>
}

/** The result of one try to react to a message. */
export type Reacted<State = unknown> =
  | BatchOutcome<State>
  /** Postgres can't be used. Unless the connection was lost during the commit, nothing has changed. */
  | { readonly status: 'unavailable'; readonly error: Unavailable }

/** Whether a batch waits for shared rows is decided here. */
type ApplyOptions<State> = Omit<BatchOptions<State>, 'waits'>

/**
 * Resolves with a result for each message, in their order. No message of the batch is handled if the transaction is cancelled, or
 * waits until the lock timeout for a lock, which claims do not find. In the lane `isolating` the batch is then split, to find out
 * which messages wait for the lock, and which fail because their statement is cancelled. This may take several timeouts.
 */
export type RunBatch<State> = (
  items: readonly Decoded[],
  options: ApplyOptions<State>,
  lane: Lane,
) => Promise<Reacted<State>[]>

/**
 * A statement was cancelled, by the statement timeout or by an operator. Its message may be the cause only if it was alone in
 * the transaction.
 */
interface Cancelled {
  readonly status: 'cancelled'
  readonly error: Error
  readonly wasAlone: boolean
}

type Result<State> = Reacted<State> | Cancelled

export const createBatchRunner = <State>({ availability }: BatchRunnerOptions): RunBatch<State> => {
  /** The time from which batches wait for shared rows, by a monotonic clock, ms. */
  let waitsFromMs = 0

  /**
   * `conflictPersists`: a conflict has outlasted all tries of a batch with these items, so that one of them probably causes it.
   * Parts of the batch are then tried once; only single messages are repeated.
   */
  const run = async (
    items: readonly Decoded[],
    options: ApplyOptions<State>,
    conflictPersists = false,
  ): Promise<Result<State>[]> => {
    const apply = () => applyWithOneWait(items, options)
    try {
      const outcomes = await (conflictPersists && items.length > 1 ? apply() : retryConflicts(apply))
      availability.recordSuccess()
      return outcomes
    } catch (thrown) {
      const error = toError(thrown)
      const isConflict = transientFaultOf(error) === 'conflict'
      return resultsOf(items, error) ?? inHalves(items, (half) => run(half, options, conflictPersists || isConflict))
    }
  }

  /** The results after an error. Null if the batch must be split. */
  const resultsOf = (items: readonly Decoded[], error: Error): Result<State>[] | null => {
    if (isLockTimeout(error)) return items.map(() => lockTimedOut)
    if (isCancellation(error)) return cancelled(items, error)
    if (isOutage(error, items)) return unavailable(items, error)
    return items.length > 1 ? null : [resultOf(error)]
  }

  const resultOf = (error: Error): Result<State> => {
    if (faultOf(error) !== 'unavailable') return { status: 'failed', error }
    availability.reportFault('statement', error)
    return { status: 'not_now', error: refusal(error), lane: 'retry' }
  }

  const isolate = async (items: readonly Decoded[], options: ApplyOptions<State>): Promise<Result<State>[]> => {
    const outcomes = await run(items, options)
    if (items.length === 1 || !outcomes.every(isUndecided)) return outcomes
    return inHalves(items, (half) => isolate(half, options))
  }

  /**
   * Applies a batch, which waits for shared rows unless a wait for them has timed out in the last 3 s. A wait that times out is
   * most likely for a shared row. The batch then runs again at once, and does not wait for shared rows.
   */
  const applyWithOneWait = async (
    items: readonly Decoded[],
    options: ApplyOptions<State>,
  ): Promise<BatchOutcome<State>[]> => {
    const waits = options.tables.sharesRows === true && performance.now() >= waitsFromMs
    try {
      return await applyBatch(items, { ...options, waits })
    } catch (error) {
      if (!waits || !isLockTimeout(error)) throw error
    }
    waitsFromMs = performance.now() + waitingSuspendedMs
    return applyBatch(items, { ...options, waits: false })
  }

  const cancelled = (items: readonly Decoded[], error: Error): Result<State>[] => {
    availability.reportFault('statement', error)
    return items.map(() => ({ status: 'cancelled', error, wasAlone: items.length === 1 }))
  }

  const unavailable = (items: readonly Decoded[], cause: unknown): Result<State>[] => {
    availability.reportFault('outage', cause)
    const error = new Unavailable('Postgres is not available.', { cause })
    return items.map(() => ({ status: 'unavailable', error }))
  }

  return async (items, options, lane) =>
    lane === 'isolating' ? (await isolate(items, options)).map(toIsolated) : (await run(items, options)).map(toReacted)
}

/** It is not known which message needs the lock. */
const lockTimedOut = { status: 'not_now', error: lockedError, lane: 'isolating' } as const

const isUndecided = (result: Result<unknown>): boolean => result === lockTimedOut || result.status === 'cancelled'

const refusal = (cause: Error) => new Unavailable('Postgres can’t do this for now; try again.', { cause })

const isRefused = (result: Result<unknown>): boolean => result.status === 'not_now' && result.error !== lockedError

const toReacted = <State>(result: Result<State>): Reacted<State> =>
  result.status === 'cancelled' ? { status: 'not_now', error: refusal(result.error), lane: 'isolating' } : result

/** A message that was cancelled alone has failed. It was tried before, in a batch that was cancelled or waited for a lock. */
const toIsolated = <State>(result: Result<State>): Reacted<State> =>
  result.status === 'cancelled' && result.wasAlone ? { status: 'failed', error: result.error } : toReacted(result)

/** True if no statement can succeed. If Postgres has no memory for all locks of a batch, a smaller one is tried first. */
const isOutage = (error: unknown, { length }: readonly unknown[]): boolean =>
  faultOf(error) === 'unavailable' && !concernsStatement(error) && !(isOutOfMemory(error) && length > 1)

/**
 * Runs the two halves of a batch. If Postgres became unavailable, or all of the first half was refused, cancelled or out of
 * memory, the second half is not tried, so a batch that can't succeed costs a few transactions instead of hundreds. Its items
 * are tried again after random pauses. An item that can succeed is then soon in another batch, or another position, and succeeds.
 */
const inHalves = async <Item, State>(
  items: readonly Item[],
  run: (half: readonly Item[]) => Promise<Result<State>[]>,
): Promise<Result<State>[]> => {
  const half = Math.ceil(items.length / 2)
  const [first, second] = [await run(items.slice(0, half)), items.slice(half)]
  const untried = untriedAfter(first)
  return [...first, ...(untried ? second.map(() => untried) : await run(second))]
}

/** The result of the items that are not tried after these. Undefined if they may succeed. */
const untriedAfter = <State>(results: readonly Result<State>[]): Result<State> | undefined => {
  const last = results.at(-1)
  if (last?.status === 'unavailable' && !isOutOfMemory(last.error.cause)) return last
  if (results.length < minProof || results.some(({ status }) => status !== last?.status)) return undefined
  if (last?.status === 'cancelled') return { ...last, wasAlone: false }
  return last?.status === 'unavailable' || results.every(isRefused) ? last : undefined
}

/** A first half with fewer items proves nothing about the second one. */
const minProof = 4

/**
 * How long batches do not wait for rows that several subjects share, after a lock timeout, ms. Another instance usually holds such a
 * row for milliseconds, so waiting is the fastest. Then the next batch of each lane waits again. Longer than the longest pause of a waiting
 * delivery.
 */
const waitingSuspendedMs = 3_000
