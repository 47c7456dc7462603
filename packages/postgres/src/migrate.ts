import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { markPostgresErrors } from './fault.ts'
import { checkSchema, type Migrations } from './schema.ts'

const connectTimeoutMs = 5_000
/** An idle connection is probed after this, ms, to detect a silently lost one. */
const keepAliveAfterMs = 10_000
/** How long the session may be idle, ms. Then Postgres ends it, so that a process that is paused or lost holds no lock. */
const idleTimeoutMs = 5_000

/**
 * Migrates the schema. Any number of processes may call it at once: an advisory lock serializes them. Each file is one
 * transaction. Returns the names of the files that it ran, without their endings.
 * @throws {SchemaTooNew} if the database has a breaking migration that the folder lacks.
 */
export const migrate = async (databaseUrl: string, migrations: Migrations): Promise<readonly string[]> => {
  const client = new Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
  })
  client.on('error', quiet) // the running statement rejects with it
  try {
    return await markPostgresErrors(async () => {
      const { runner } = await import('node-pg-migrate') // a service that does not migrate does not load it
      await client.connect()
      await client.query(settings)
      const run = await runner({
        dbClient: client,
        dir: fileURLToPath(migrations.directory),
        migrationsTable: migrations.table,
        direction: 'up',
        advisoryLockMode: 'wait',
        logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      })
      const query = async <Row>(text: string): Promise<Row[]> => (await client.query(text)).rows
      await checkSchema({ query }, [migrations])
      return run.map(({ name }) => name)
    })
  } finally {
    await client.end()
  }
}

const settings = `
  set idle_session_timeout = ${idleTimeoutMs};
  set idle_in_transaction_session_timeout = ${idleTimeoutMs}`

const quiet = () => undefined
