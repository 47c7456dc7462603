import { type Database, type Migrations, migrate, openDatabase, type PoolOptions } from '@quadrille/postgres'
import { createTestDatabase } from './test-database.ts'

export interface MigratedDatabase {
  readonly url: string
  readonly database: Database
  /** Deletes all rows, also those of the migrations, for the next test: much faster than a new database. */
  empty(): Promise<void>
  /** Disconnects, and drops the database. */
  close(): Promise<void>
}

/** Creates a database on a server with these migrations, and connects to it. A transaction may be idle for a minute, while a test works elsewhere. */
export const openMigratedDatabase = async (
  serverUrl: string,
  migrations: Migrations,
  options: Pick<PoolOptions, 'idleInTransactionMs'> = {},
): Promise<MigratedDatabase> => {
  const { url, drop } = await createTestDatabase(serverUrl, {
    name: migrations.table,
    fill: (empty) => migrate(empty, migrations),
  })
  const common = { url, applicationName: 'test', idleInTransactionMs: 60_000, onIdleError: () => undefined }
  const database = openDatabase({ ...common, ...options })
  const close = async () => {
    await database.end()
    await drop()
  }
  const empty = async () => {
    const tables = await database.query<{ name: string }>(
      `select oid::regclass::text as name from pg_class where relkind = 'r' and oid >= 16384 and relname <> $1`,
      [migrations.table],
    )
    await database.query(`truncate ${tables.map(({ name }) => name).join()} restart identity`)
  }
  return { url, database, empty, close }
}
