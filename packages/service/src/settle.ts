/** Applies a batch whatever it meets: runs it again after a conflict, and splits one that fails as a whole. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Decoded } from '@quadrille/events'
import { faultOf, isLockTimeout, isOutOfMemory } from '@quadrille/postgres'
import { applyBatch, type BatchOptions, type Held, type Outcome } from './batch.ts'
import { conflictTries, type Recovery } from './recovery.ts'

/** Postgres is away, another session holds what the message is about, or the service is stopping: the message is not at fault. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}

export interface SettleOptions {
  readonly recovery: Pick<Recovery, 'works'>
  readonly onUnavailable: (error: unknown) => void
  /** For the jitter between tries. Default Math.random. */
  readonly random?: () => number
}

/** Applies the items: an outcome for each of them, the same for all where Postgres is away. */
export type Settle<State> = (
  items: readonly Decoded[],
  batch: Omit<BatchOptions<State>, 'waits' | 'onSharedRowsHeld'>,
) => Promise<(Outcome | Held)[]>

export interface Settling<State> {
  /** Where a lock outlasts the timeout, which a claim would not have found, all of the batch counts as locked out. */
  readonly together: Settle<State>
  /** Finds out which of them is locked out, which may cost the others the timeout several times. */
  readonly apart: Settle<State>
}

/** What such an item waits for is found only by waiting, and holds up the whole batch: it must not be in one with others again. */
export const lockedOut: Held = { status: 'held' }

export const createSettling = <State>({
  recovery,
  onUnavailable,
  random = Math.random,
}: SettleOptions): Settling<State> => {
  const sharing = createSharing()

  const together: Settle<State> = async (items, batch) => {
    try {
      const outcomes = await despiteConflicts(() => withoutLongWaits(items, batch))
      recovery.works()
      return outcomes
    } catch (error) {
      if (isLockTimeout(error)) return items.map(() => lockedOut)
      if (isAway(error, items)) return unavailable(items, error)
      if (items.length === 1) return [{ status: 'failed', error: asError(error) }]
      return inHalves(items, (half) => together(half, batch))
    }
  }

  const apart: Settle<State> = async (items, batch) => {
    const outcomes = await together(items, batch)
    if (items.length === 1 || outcomes.some((outcome) => outcome !== lockedOut)) return outcomes
    return inHalves(items, (half) => apart(half, batch))
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
  const withoutLongWaits: Settle<State> = async (items, batch) => {
    const waits = batch.tables.sharesRows === true && sharing.waits()
    const apply = (waits: boolean) => applyBatch(items, { ...batch, waits, onSharedRowsHeld: sharing.held })
    try {
      return await apply(waits)
    } catch (error) {
      if (!waits || !isLockTimeout(error)) throw error
    }
    sharing.held()
    return apply(false)
  }

  const unavailable = (items: readonly Decoded[], cause: unknown): Outcome[] => {
    onUnavailable(cause)
    const error = new Unavailable('Postgres is not available.', { cause })
    return items.map(() => ({ status: 'failed', error }))
  }

  return { together, apart }
}

/** More locks than Postgres has room for are no outage, as long as there is less to do at once. */
const isAway = (error: unknown, { length }: readonly unknown[]): boolean =>
  faultOf(error) === 'unavailable' && !(isOutOfMemory(error) && length > 1)

const inHalves = async <Item, Result>(
  items: readonly Item[],
  settle: (half: readonly Item[]) => Promise<Result[]>,
): Promise<Result[]> => {
  const half = Math.ceil(items.length / 2)
  return [...(await settle(items.slice(0, half))), ...(await settle(items.slice(half)))]
}

/** So long after a shared row was found held, batches wait for none, ms: longer than the longest pause of what is set aside. */
const sharingSuspendedMs = 3_000

/**
 * Whether batches wait for rows that orders share. Another instance holds such a row for milliseconds, and waiting for it is the
 * fastest. One that has outlasted the wait is not waited for again, until no shared row was found held for a while.
 */
const createSharing = () => {
  let heldAt = Number.NEGATIVE_INFINITY
  return {
    waits: () => performance.now() - heldAt > sharingSuspendedMs,
    held: () => {
      heldAt = performance.now()
    },
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
