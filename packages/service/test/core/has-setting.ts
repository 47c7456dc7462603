import type { Sql } from '@quadrille/postgres'

/** True if this version of Postgres has the setting. */
export const hasSetting = async (sql: Sql, name: string): Promise<boolean> =>
  (await sql.query('select from pg_settings where name = $1', [name])).length > 0
