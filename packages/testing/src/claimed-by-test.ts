import type { Sql } from '@quadrille/postgres'

/** SQL for the subjects that a test has claimed, as a load gets it. */
export const claimedInTest = "(select current_setting('test.claimed')::uuid[])::uuid[]"

/** Claims these subjects. Returns `claimedInTest`. */
export const claimedByTest = async (sql: Sql, subjects: readonly string[]): Promise<string> => {
  await sql.query(`select set_config('test.claimed', $1::uuid[]::text, true)`, [subjects])
  return claimedInTest
}
