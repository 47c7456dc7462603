import type { Sql } from './sql.ts'

export interface DatabaseClock {
  /** The database's time, as of the last measurement of the difference to ours. */
  now(): Date
  /** Measures the difference again. Until the first time there is none. */
  measure(): Promise<void>
}

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
      if (row) offsetMs = row.now.getTime() - (asked + localNow()) / 2
    },
  }
}
