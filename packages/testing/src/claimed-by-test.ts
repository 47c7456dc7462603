import type { Sql } from '@quadrille/postgres'

/** SQL for these subjects, as a load gets it for the claimed ones. Its text is the same for any subjects. */
export const claimedByTest = async (sql: Sql, subjects: readonly string[]): Promise<string> => {
  await sql.query(`select set_config('test.claimed', $1::uuid[]::text, true)`, [subjects])
  return `(select current_setting('test.claimed')::uuid[])::uuid[]`
}
