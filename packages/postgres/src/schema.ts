/** Checks whether this version can work with the schema of its database. */
import { readdir } from 'node:fs/promises'
import type { Sql } from './sql.ts'

export interface Migrations {
  /** A folder of .sql files, run in the order of their numbers. */
  readonly directory: URL
  /** The table of applied migrations. */
  readonly table: string
}

/** Matches the name of a breaking migration: instances without it must not use the database. `0009_breaking_NAME.sql` */
const breakingName = '^\\d+_breaking_'

/** The database has a breaking migration that this version does not know. The message is one line. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew'
}

/**
 * Checks that this version knows all breaking migrations of the database. The database may have other migrations that
 * are unknown here: in a rolling upgrade the newer version migrates first.
 * @throws {SchemaTooNew} if it does not know one.
 */
export const checkSchema = async (sql: Sql, { directory, table }: Migrations): Promise<void> => {
  const applied = await sql.query<{ name: string }>(
    `select name from ${table} where name ~ '${breakingName}' order by id`,
  )
  if (applied.length === 0) return
  const known = await readdir(directory)
  const unknown = applied.find(({ name }) => !known.includes(`${name}.sql`))
  if (!unknown) return
  throw new SchemaTooNew(
    `the schema of the database is too new for this version: it has the migration ${unknown.name} (${table}). Start a version that has it too`,
  )
}
