/** Snapshots of the services' databases. */
import { type ByRunningService, mapValues, type ServiceName, serviceNames } from '@quadrille/events'
import { type Database, openDatabase, type Sql } from '@quadrille/postgres'
import { ofService } from './reason.ts'

/** The database of each service: postgres://user:password@host:port/name. An optional service that does not run has none. */
export type Databases = ByRunningService<string>

/** A snapshot of each database, in a read-only transaction. */
export type Snapshots = ByRunningService<Sql>

/** The services with a database. */
export const servicesOf = (databases: Databases): readonly ServiceName[] =>
  serviceNames.filter((service) => databases[service] !== undefined)

/** Runs work on a snapshot of each database. The work can't write. */
export type OnSnapshots = <Result>(work: (snapshots: Snapshots) => Promise<Result>) => Promise<Result>

/** How long a statement may take, ms: enough for whole tables of several million orders. */
const defaultStatementTimeoutMs = 300_000

/** Connects to each database, runs the work and disconnects. */
export const withDatabases = async <Result>(
  urls: Databases,
  work: (onSnapshots: OnSnapshots) => Promise<Result>,
  statementTimeoutMs = defaultStatementTimeoutMs,
): Promise<Result> => {
  const databases = mapValues(urls, (url) => open(url, statementTimeoutMs))
  try {
    return await work((inner) => onSnapshots(databases, inner))
  } finally {
    await Promise.all(Object.values(databases).map((database) => database.end()))
  }
}

/**
 * An audit sends several statements together, whose answers count as late together. Meanwhile the transactions in the other databases
 * are idle.
 */
const open = (url: string, statementTimeoutMs: number): Database =>
  openDatabase({
    url,
    applicationName: 'quadrille-audit',
    max: 1,
    planning: 'any',
    statementTimeoutMs,
    lateAnswerMs: 5 * statementTimeoutMs,
    idleInTransactionMs: 6 * statementTimeoutMs,
    onIdleError: () => undefined, // the next examination connects again
  })

/** The order service's snapshot is taken first, so the other snapshots contain the state behind each event in it. */
const onSnapshots = <Result>(
  { order, ...others }: ByRunningService<Database>,
  work: (snapshots: Snapshots) => Promise<Result>,
): Promise<Result> => {
  const sequence = Object.entries({ order, ...others }) as [ServiceName, Database][]
  const taken = new Map<string, Sql>()
  const takeNext = async ([next, ...rest]: typeof sequence): Promise<Result> => {
    if (next === undefined) return work(Object.fromEntries(taken) as Snapshots)
    const [service, database] = next
    return onSnapshot({ service, database }, (sql) => {
      taken.set(service, sql)
      return takeNext(rest)
    })
  }
  return takeNext(sequence)
}

interface Opened {
  readonly service: ServiceName
  readonly database: Database
}

const onSnapshot = async <Result>(
  { service, database }: Opened,
  work: (sql: Sql) => Promise<Result>,
): Promise<Result> => {
  let isReached = false
  const inTransaction = async (sql: Sql) => {
    await sql.query('set transaction isolation level repeatable read, read only')
    isReached = true
    await sql.query(`set local work_mem = '64MB'`) // enough for a slice, so that sorting needs no disk
    await sql.query(`set local client_connection_check_interval = '1s'`) // Postgres ends the statement of an audit that was stopped
    await sql.query('select') // the first statement takes the snapshot
    return work(sql)
  }
  return await database.transaction(inTransaction).catch((error) => {
    throw isReached ? error : ofService(service, error)
  })
}
