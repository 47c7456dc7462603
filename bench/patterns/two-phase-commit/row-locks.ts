/** Watches which rows of a table are locked, without a lock of its own (Postgres manual, pgrowlocks). */
import { setTimeout as pause } from 'node:timers/promises'
import { openSession } from '../../src/systems/postgres.ts'

export interface LockedRows {
  /** The times at which it looked, of `performance.now()`, with the number of locked rows. */
  readonly samples: readonly { readonly at: number; readonly rows: number }[]
  /** The longest time for which one transaction was seen to hold a lock, ms. */
  readonly longestMs: number
}

export interface LockWatch extends AsyncDisposable {
  /** All that was seen so far. */
  seen(): LockedRows
}

/** Watches the table until it is disposed of. */
export const watchLocks = async (
  database: string,
  { table, everyMs }: { readonly table: string; readonly everyMs: number },
): Promise<LockWatch> => {
  const client = await openSession(database)
  await client.query('create extension if not exists pgrowlocks')
  const samples: { at: number; rows: number }[] = []
  const firstSeen = new Map<string, number>()
  let longestMs = 0
  let isWatching = true
  const look = async (): Promise<void> => {
    const at = performance.now()
    const { rows } = await client.query<{ locker: string }>('select locker::text from pgrowlocks($1)', [table])
    samples.push({ at, rows: rows.length })
    for (const { locker } of rows) {
      const first = firstSeen.get(locker) ?? at
      firstSeen.set(locker, first)
      longestMs = Math.max(longestMs, at - first)
    }
  }
  const watching = (async () => {
    while (isWatching) {
      await look()
      await pause(everyMs)
    }
  })()
  return {
    seen: () => ({ samples, longestMs }),
    [Symbol.asyncDispose]: async () => {
      isWatching = false
      await watching.finally(() => client.end())
    },
  }
}

/** The average number of locked rows. NaN without samples. */
export const averageLocked = (samples: LockedRows['samples']): number =>
  samples.reduce((sum, { rows }) => sum + rows, 0) / samples.length
