import type { Sql } from './sql.ts'

/**
 * A name of the database that is valid for all servers: the identifier that its cluster got when it was created, and the name
 * within it. Physical copies of the cluster have the same identifier: standby servers, base backups, snapshots of the volume. A new
 * cluster, into which a dump is restored or which `pg_upgrade` has filled, has another one.
 * https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-CONTROLDATA
 */
export const selectDatabaseName = `select system_identifier || '.' || current_database() as name from pg_control_system()`

/**
 * That name, and the schema of the table unless it is `public`. So two schemas of a database, which `search_path` selects, have two
 * names.
 */
export const readDatabaseName = async (sql: Sql, table: string): Promise<string> => {
  const [row] = await sql.query<{ name: string }>(
    `select name || coalesce((
       select '.' || nspname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
       where pg_class.oid = to_regclass($1) and nspname <> 'public'
     ), '') as name
     from (${selectDatabaseName}) as named`,
    [table],
  )
  if (!row) throw new Error('Postgres has returned no identifier of its cluster.')
  return row.name
}
