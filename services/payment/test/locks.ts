import type { Sql } from '@quadrille/postgres'
import { expect, vi } from 'vitest'

/** Waits until a session of this database waits for the lock of another session. */
export const untilSessionWaitsForLock = (sql: Sql): Promise<void> =>
  vi.waitFor(
    async () => {
      const waiting = await sql.query(
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      )
      expect(waiting).not.toEqual([])
    },
    { timeout: 10_000, interval: 5 },
  )
