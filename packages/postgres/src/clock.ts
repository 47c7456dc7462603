import type { Sql } from './sql.ts'

export interface DatabaseClock {
  /** The database's time, by the last measured difference to our clock. */
  now(): Date
  /**
   * Measures the difference again. Before the first time it is taken as 0. False if the answer took longer than a
   * second and was discarded, because the error may be half of that time.
   */
  measure(): Promise<boolean>
}

const longestRoundTripMs = 1_000

/** A monotonic clock of this process, in ms since 1970 by the machine's clock at the start. */
const evenNow = (): number => performance.timeOrigin + performance.now()

/** The clock of the database, which all instances of a service share, without asking it each time. */
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
