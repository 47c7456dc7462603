import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import { Client } from 'pg'
import { againstPostgres } from './fault.ts'

export interface Migrations {
  /** A folder of .sql files, run in the order of their numbers. */
  readonly directory: URL
  /** The table of applied migrations. */
  readonly table: string
}

const connectTimeoutMs = 5_000

/**
 * Migrates the schema. Any number of processes may call it at once: an advisory lock serializes them. Each file is one
 * transaction. Returns the names of the files that it ran, without their endings.
 */
export const migrate = async (databaseUrl: string, { directory, table }: Migrations): Promise<readonly string[]> => {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: connectTimeoutMs })
  client.on('error', quiet) // the running statement rejects with it
  try {
    return await againstPostgres(async () => {
      await client.connect()
      const run = await runner({
        dbClient: client,
        dir: fileURLToPath(directory),
        migrationsTable: table,
        direction: 'up',
        advisoryLockMode: 'wait',
        logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      })
      return run.map(({ name }) => name)
    })
  } finally {
    await client.end()
  }
}

const quiet = () => undefined
