import type { Sql } from '@quadrille/postgres'
import { waitFor } from '@quadrille/testing/waiting'
import { expect } from 'vitest'

/** Waits until a session of this database waits for the lock of another session. */
export const untilSessionWaitsForLock = (sql: Sql): Promise<void> =>
  waitFor(
    async () => {
      const waiting = await sql.query(
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      )
      expect(waiting).not.toEqual([])
    },
    { interval: 5 },
  )
