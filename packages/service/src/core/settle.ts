/** Applies a batch whatever it meets: runs it again after a conflict, and splits one that fails as a whole. */

import { setTimeout as pause } from 'node:timers/promises'
import { toError } from '@quadrille/async'
import type { Decoded } from '@quadrille/messages'
import { concernsStatement, faultOf, isLockTimeout, isOutOfMemory } from '@quadrille/postgres'
import { Unavailable } from '../errors/unavailable.ts'
import { applyBatch, type BatchOptions, type Held, type Outcome } from './batch.ts'
import { conflictTries, type PostgresAvailability } from './postgres-availability.ts'

export interface SettleOptions {
  readonly availability: Pick<PostgresAvailability, 'works'>
  readonly onUnavailable: (error: unknown) => void
  /** For the jitter between tries. Default Math.random. */
  readonly random?: () => number
}

/** A lock outlasted the timeout: only waiting shows which message needs it, and that holds up its whole batch. */
export interface LockedOut {
  readonly status: 'locked_out'
}

/** Postgres has answered, and what it lacks or finds damaged may concern this message only. It is not at fault, and waits alone. */
export interface Refused {
  readonly status: 'refused'
  readonly error: Error
}

/** What became of a message, or why it has to be tried again. */
export type Settled<State = unknown> = Outcome<State> | Held | LockedOut | Refused

/** Applies the items: an outcome for each of them, in their order; the same for all where Postgres can't be reached. */
export type Settle<State> = (
  items: readonly Decoded[],
  batch: Omit<BatchOptions<State>, 'waits'>,
) => Promise<Settled<State>[]>

export interface Settling<State> {
  /** Where a lock outlasts the timeout, which a claim would not have found, all of the batch is locked out. */
  readonly settleBatch: Settle<State>
  /** Also finds out which items are locked out, which may cost the others the timeout several times. */
  readonly isolateLockedOut: Settle<State>
}

export const createSettling = <State>({
  availability,
  onUnavailable,
  random = Math.random,
}: SettleOptions): Settling<State> => {
  const sharing = createSharing()

  const settleBatch: Settle<State> = async (items, batch) => {
    try {
      const outcomes = await despiteConflicts(() => withoutLongWaits(items, batch))
      availability.works()
      return outcomes
    } catch (error) {
      if (isLockTimeout(error)) return items.map(() => ({ status: 'locked_out' }))
      if (isForAll(error, items)) return unavailable(items, error)
      return items.length > 1 ? inHalves(items, (half) => settleBatch(half, batch)) : [ofOne(error)]
    }
  }

  const ofOne = (cause: unknown): Settled<State> => {
    const error = toError(cause)
    if (faultOf(error) !== 'unavailable') return { status: 'failed', error }
    onUnavailable(error)
    return { status: 'refused', error }
  }

  const isolateLockedOut: Settle<State> = async (items, batch) => {
    const outcomes = await settleBatch(items, batch)
    if (items.length === 1 || outcomes.some(({ status }) => status !== 'locked_out')) return outcomes
    return inHalves(items, (half) => isolateLockedOut(half, batch))
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

  const unavailable = (items: readonly Decoded[], cause: unknown): Outcome<State>[] => {
    onUnavailable(cause)
    const error = new Unavailable('Postgres is not available.', { cause })
    return items.map(() => ({ status: 'failed', error }))
  }

  return { settleBatch, isolateLockedOut }
}

/** True where no statement can succeed. More locks than Postgres has room for are no outage, as long as there is less to do at once. */
const isForAll = (error: unknown, { length }: readonly unknown[]): boolean =>
  faultOf(error) === 'unavailable' && !concernsStatement(error) && !(isOutOfMemory(error) && length > 1)

/**
 * Settles the items in two halves. Where the whole first half was refused, the second most likely is, too: it is refused without
 * a try, so that a batch costs a few transactions instead of hundreds where nothing can succeed. Refused items are tried again
 * after pauses of random length, so one that would succeed is soon in a batch, or at a place in one, where it does.
 */
const inHalves = async <Item, State>(
  items: readonly Item[],
  settle: (half: readonly Item[]) => Promise<Settled<State>[]>,
): Promise<Settled<State>[]> => {
  const half = Math.ceil(items.length / 2)
  const [first, second] = [await settle(items.slice(0, half)), items.slice(half)]
  const refused = first.find((outcome) => outcome.status === 'refused')
  if (refused && half >= refusedInARow && first.every(({ status }) => status === 'refused'))
    return [...first, ...second.map(() => refused)]
  return [...first, ...(await settle(second))]
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
