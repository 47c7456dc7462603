/** The Postgres servers of a benchmark, with the settings that a comparison needs. */
import { chmod } from 'node:fs/promises'
import { startEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { Client } from 'pg'
import { stopCountingStatements } from '../measure/postgres-counters.ts'
import { temporaryFolder } from './temporary-folder.ts'

/**
 * `default`: Postgres' own. `logical`: the same with logical replication. `npm start`: those of the embedded server.
 * `prepared transactions`: the default, with enough of them and of connections for two-phase commit. All confirm only durable
 * commits.
 */
export type PostgresSettings = 'default' | 'logical' | 'npm start' | 'prepared transactions'

export interface PostgresServer {
  /** The superuser's URL. */
  readonly url: string
  readonly version: string
  readonly pid: number
  /** A session in the database `postgres`. It measures, so that its CPU is not Postgres' own. */
  readonly session: Client
  readonly sessionPid: number
  urlOf(database: string): string
  create(databases: readonly string[]): Promise<void>
  /** Deletes all databases of systems, and closes their sessions. */
  dropAll(): Promise<void>
  stop(): Promise<void>
}

/** It counts statements only on request, and otherwise costs nothing measurable. */
const counting = { shared_preload_libraries: 'pg_stat_statements' }

const forPreparedTransactions = { max_prepared_transactions: '200', max_connections: '250' }

/** Starts an empty server. Its files are in the folder for temporary files, which should be on a disk. */
export const startPostgres = async (settings: PostgresSettings): Promise<PostgresServer> => {
  const folder = temporaryFolder()
  await chmod(folder.path, 0o755) // if root starts it, Postgres runs as another user, who needs access to the directory
  const { url, pid, stop } = await startEmbeddedPostgres({
    directory: folder.path,
    tuned: settings === 'npm start',
    settings: {
      ...counting,
      ...(settings === 'logical' && { wal_level: 'logical' }),
      ...(settings === 'prepared transactions' && forPreparedTransactions),
    },
    log: () => undefined,
  })
  const session = await openSession(url)
  await session.query('create extension pg_stat_statements; create extension pg_walinspect')
  await stopCountingStatements(session)
  const { rows } = await session.query<{ version: string }>(`select current_setting('server_version') as version`)
  return {
    url,
    version: rows[0]?.version ?? 'unknown',
    pid,
    session,
    sessionPid: await pidOf(session),
    urlOf: (database) => Object.assign(new URL(url), { pathname: `/${database}` }).href,
    create: async (databases) => {
      for (const name of databases) await session.query(`create database ${session.escapeIdentifier(name)}`)
    },
    dropAll: () => dropAll(session),
    stop: async () => {
      await session.end()
      await stop()
      await folder.delete()
    },
  }
}

/** @param options - of Postgres, as on its command line */
export const openSession = async (url: string, options?: string): Promise<Client> => {
  const session = new Client({
    connectionString: url,
    application_name: 'quadrille-bench',
    ...(options && { options }),
  })
  await session.connect()
  return session
}

/** The process of the session in Postgres. */
export const pidOf = async (session: Client): Promise<number> => {
  const { rows } = await session.query<{ pid: number }>('select pg_backend_pid() as pid')
  return rows[0]?.pid ?? 0
}

/** Opens a session while `work` runs. */
export const withSession = async <Result>(url: string, work: (session: Client) => Promise<Result>): Promise<Result> => {
  const session = await openSession(url)
  try {
    return await work(session)
  } finally {
    await session.end()
  }
}

const dropAll = async (session: Client): Promise<void> => {
  const { rows } = await session.query<{ name: string }>(
    `select datname as name from pg_database where not datistemplate and datname <> 'postgres'`,
  )
  for (const { name } of rows) await session.query(`drop database ${session.escapeIdentifier(name)} with (force)`)
}
