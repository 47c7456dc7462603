import type { Sql } from './sql.ts'

/**
 * A name of the database that no other one has, also on other servers: the identifier that its cluster got when it was created, and
 * the name within it. Standby servers, base backups and copies of the data folder have the same identifier. A new cluster, into which
 * a dump is restored or which `pg_upgrade` has filled, has another one.
 * https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-CONTROLDATA
 */
export const readDatabaseName = async (sql: Sql): Promise<string> => {
  const [row] = await sql.query<{ name: string }>(
    `select system_identifier || '.' || current_database() as name from pg_control_system()`,
  )
  if (!row) throw new Error('Postgres has returned no identifier of its cluster.')
  return row.name
}
