/** Checks whether this version can work with the schema of its database. */
import { readdir } from 'node:fs/promises'
import type { Sql } from './sql.ts'

export interface Migrations {
  /** A folder of .sql files, run in the order of their numbers. */
  readonly directory: URL
  /** The table of applied migrations. */
  readonly table: string
}

/** Matches the name of a breaking migration: instances without it must not use the database. `NNNN_breaking_NAME.sql` */
const breakingName = '^\\d+_breaking_'

/** The database has a breaking migration that this version does not know. The message is one line. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew'
}

/** The migration step of this version has not run yet. The message is one line. */
export class SchemaTooOld extends Error {
  override readonly name = 'SchemaTooOld'
}

/** @throws {SchemaTooOld} if the database lacks a migration of the folder. */
export const checkMigrated = async (sql: Sql, { directory, table }: Migrations): Promise<void> => {
  const [files, rows] = await Promise.all([
    readdir(directory),
    sql.query<{ name: string }>(`select name from ${table}`),
  ])
  const applied = new Set(rows.map(({ name }) => `${name}.sql`))
  const missing = files.sort().find((file) => file.endsWith('.sql') && !applied.has(file))
  if (missing !== undefined) throw new SchemaTooOld(`the database lacks the migration ${missing} (${table})`)
}

/**
 * Reads the time of the database, and checks that this version knows all of its breaking migrations. Both take one statement, so that
 * an idle service needs no other one for its clock. The database may have other migrations that are unknown here: in a rolling upgrade
 * the newer version migrates first.
 * @throws {SchemaTooNew} if this version does not know a breaking migration.
 */
export const readTimeAndCheckSchema = async (sql: Sql, all: readonly Migrations[]): Promise<Date> => {
  const breaking = all.map(
    ({ table }) => `select '${table}' as table, name from ${table} where name ~ '${breakingName}'`,
  )
  const [row] = await sql.query<{ now: Date; applied: { table: string; name: string }[] }>(
    `select clock_timestamp() as now, coalesce(json_agg(breaking), '[]') as applied
     from (${breaking.join(' union all ')}) as breaking`,
  )
  if (!row) throw new Error('The check of the schema has returned no row.')
  if (row.applied.length > 0) await checkApplied(row.applied, all)
  return row.now
}

/** Whether the table exists. With a table of applied migrations: whether they have ever been started. */
export const hasTable = async (sql: Sql, table: string): Promise<boolean> => {
  const [row] = await sql.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [table])
  return row?.exists ?? false
}

const checkApplied = async (
  applied: readonly { table: string; name: string }[],
  all: readonly Migrations[],
): Promise<void> => {
  for (const { directory, table } of all) {
    const known = await readdir(directory)
    const unknown = applied.find((one) => one.table === table && !known.includes(`${one.name}.sql`))
    if (!unknown) continue
    throw new SchemaTooNew(
      `the schema of the database is too new for this version: it has the migration ${unknown.name} (${table}). Start a version that has it too`,
    )
  }
}
