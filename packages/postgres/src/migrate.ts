import { fileURLToPath } from 'node:url'
import { Client, type QueryConfig } from 'pg'
import { isLockTimeout, lockNotAvailable, markPostgresErrors } from './fault.ts'
import { type Migrations, readTimeAndCheckSchema } from './schema.ts'
import { withoutTimeouts } from './settings.ts'
import type { Sql } from './sql.ts'

const connectTimeoutMs = 5_000
/** An idle connection is probed after this, ms, to detect a silently lost one. */
const keepAliveAfterMs = 10_000
/** How long the session may be idle, ms. Then Postgres ends it, so that a process that is paused or lost holds no lock. */
const idleTimeoutMs = 5_000
/** How long it waits for another migration at a time, ms. Until then Postgres has ended a session that is idle. */
const migrationLockTimeoutMs = 10_000
/**
 * How long a statement waits for a lock, ms. Meanwhile the statements of other sessions wait behind it. Postgres cancels an
 * autovacuum that holds the lock after `deadlock_timeout`, by default 1 s, so this is longer. It does not cancel one that
 * prevents wraparound (Postgres manual, "The Autovacuum Daemon"): until its end the migration fails again and again.
 */
const lockTimeoutMs = 1_200

/**
 * Migrates the schema. Any number of processes may call it at once: an advisory lock serializes them. Each file is one
 * transaction. Returns the names of the files that it ran, without their endings.
 * @throws {SchemaTooNew} if the database has a breaking migration that the folder lacks.
 * @throws a `conflict` if another session holds a table for more than a second, or migrates for more than ten. Repeat it then.
 */
export const migrate = async (databaseUrl: string, migrations: Migrations): Promise<readonly string[]> => {
  const client = new Client({
    connectionString: withoutTimeouts(databaseUrl),
    application_name: 'quadrille-migration', // operators recognize the session that holds the locks
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
  })
  client.on('error', quiet) // the running statement rejects with it
  try {
    const { PG_MIGRATE_LOCK_ID, runner } = await import('node-pg-migrate') // a service that does not migrate does not load it
    await markPostgresErrors(() => client.connect())
    await lock(client, PG_MIGRATE_LOCK_ID)
    const query = async <Row>(text: string, values?: readonly unknown[]): Promise<Row[]> =>
      (await markPostgresErrors(() => client.query(text, values && [...values]))).rows
    const migrationsSchema = await schemaOf({ query }, migrations.table)
    const run = await withOwnErrors(client, (dbClient) =>
      runner({
        dbClient,
        dir: fileURLToPath(migrations.directory),
        migrationsTable: migrations.table,
        migrationsSchema,
        direction: 'up', // `npm run bench -- --migrations` undoes them, to time them on many rows
        checkOrder: false, // it compares the times of the runs, which depend on the server's clock and time zone
        noLock: true,
        logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      }),
    )
    await readTimeAndCheckSchema({ query }, [migrations])
    return run.map(({ name }) => name)
  } finally {
    await client.end()
  }
}

const lock = async (client: Client, id: number): Promise<void> => {
  try {
    await markPostgresErrors(() => client.query(prepareSession(id)))
  } catch (error) {
    throw isLockTimeout(error) ? lockNotAvailable('Another session migrates this database.') : error
  }
}

/**
 * Defaults of the role or the database do not limit the time of a migration, nor change its isolation or its literals. Before
 * Postgres 17 there is no `transaction_timeout`, and `set` would fail. The end of the session releases the lock. Postgres also looks for the
 * process during a statement, where its platform allows that: without it the statement of a killed process would hold its locks
 * until its end.
 */
const prepareSession = (id: number): string => `
  select set_config(name, '0', false) from pg_settings where name in ('statement_timeout', 'transaction_timeout');
  set default_transaction_isolation = 'read committed';
  set standard_conforming_strings = on;
  set idle_session_timeout = ${idleTimeoutMs};
  set idle_in_transaction_session_timeout = ${idleTimeoutMs};
  do $$ begin set client_connection_check_interval = '1s'; exception when invalid_parameter_value then end $$;
  set lock_timeout = ${migrationLockTimeoutMs};
  select pg_advisory_lock(${id});
  set lock_timeout = ${lockTimeoutMs}`

/** The schema of the table, or else the one in which the role creates tables, as its migrations do. */
const schemaOf = async ({ query }: Pick<Sql, 'query'>, table: string): Promise<string> => {
  const [row] = await query<{ schema: string | null }>(
    `select coalesce(
       (select nspname from pg_class join pg_namespace on pg_namespace.oid = relnamespace where pg_class.oid = to_regclass($1)),
       current_schema()
     ) as schema`,
    [table],
  )
  return row?.schema ?? 'public' // where Postgres then rejects the creation
}

/**
 * Rejects with the error of the failed statement where the library replaces it by one without a code, whose ten lines contain the
 * message.
 */
const withOwnErrors = async <Result>(client: Client, work: (client: Client) => Promise<Result>): Promise<Result> => {
  let failure: Error | undefined
  const query = async (text: string | QueryConfig, values?: unknown[]) => {
    try {
      return await markPostgresErrors(() => client.query(text, values))
    } catch (error) {
      if (error instanceof Error) failure = error
      throw error
    }
  }
  try {
    return await work(Object.assign(Object.create(client), { query }))
  } catch (error) {
    throw failure && error instanceof Error && error.message.includes(failure.message) ? failure : error
  }
}

const quiet = () => undefined
