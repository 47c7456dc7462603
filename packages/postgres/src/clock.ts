import type { Sql } from './sql.ts'

export interface DatabaseClock {
  /** The database's time, as of the last measurement of the difference to ours. */
  now(): Date
  /**
   * Measures the difference again; until the first time it counts as none. False where the answer took longer than a second,
   * and was discarded: it may be wrong by half of that time, which is any time where this process was stopped meanwhile.
   */
  measure(): Promise<boolean>
}

const longestRoundTripMs = 1_000

/** Of this process; goes on evenly when somebody sets the machine's clock, ms since 1970 by that clock at the start. */
const evenNow = (): number => performance.timeOrigin + performance.now()

/** One clock for all instances of a service: that of their database, without asking it each time. */
export const databaseClock = (sql: Sql, localNow: () => number = evenNow): DatabaseClock => {
  let offsetMs = 0
  return {
    now: () => new Date(localNow() + offsetMs),
    measure: async () => {
      const asked = localNow()
      const [row] = await sql.query<{ now: Date }>('select clock_timestamp() as now')
      const answered = localNow()
      if (!row || answered - asked > longestRoundTripMs) return false
      offsetMs = row.now.getTime() - (asked + answered) / 2
      return true
    },
  }
}
