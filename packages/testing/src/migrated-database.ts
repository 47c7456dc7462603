import { type Database, type Migrations, migrate, openDatabase, type PoolOptions } from '@quadrille/postgres'
import { createTestDatabase } from './test-database.ts'

export interface MigratedDatabase {
  readonly database: Database
  /** Disconnects, and drops the database. */
  close(): Promise<void>
}

/** Creates a database on a server with these migrations, and connects to it. */
export const openMigratedDatabase = async (
  serverUrl: string,
  migrations: Migrations,
  options: Pick<PoolOptions, 'idleInTransactionMs'> = {},
): Promise<MigratedDatabase> => {
  const { url, drop } = await createTestDatabase(serverUrl, {
    name: migrations.table,
    fill: (empty) => migrate(empty, migrations),
  })
  const database = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined, ...options })
  const close = async () => {
    await database.end()
    await drop()
  }
  return { database, close }
}
