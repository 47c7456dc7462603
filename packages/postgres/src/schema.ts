/** Whether this version can work with the schema that its database has. */
import { readdir } from 'node:fs/promises'
import type { Sql } from './sql.ts'

export interface Migrations {
  /** A folder of .sql files, run in the order of their numbers. */
  readonly directory: URL
  /** The table of applied migrations. */
  readonly table: string
}

/** The mark of a migration after which instances that do not know it must not work: `0009_breaking_NAME.sql`. */
const breaking = '^\\d+_breaking_'

/** The database has a breaking migration that this version does not know. The message is one line. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew'
}

/**
 * Checks that this version knows all breaking migrations of the database. It may have others that this version does not know: in a
 * rolling upgrade the newer version migrates first.
 * @throws {SchemaTooNew} if it does not.
 */
export const checkSchema = async (sql: Sql, { directory, table }: Migrations): Promise<void> => {
  const applied = await sql.query<{ name: string }>(`select name from ${table} where name ~ '${breaking}' order by id`)
  if (applied.length === 0) return
  const known = await readdir(directory)
  const unknown = applied.find(({ name }) => !known.includes(`${name}.sql`))
  if (!unknown) return
  throw new SchemaTooNew(
    `the schema of the database is too new for this version: it has the migration ${unknown.name} (${table}). Start a version that has it too`,
  )
}
