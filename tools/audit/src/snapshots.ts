/** Snapshots of the services' databases. */
import { mapServices, type ServiceName, serviceNames } from '@quadrille/events'
import { type Database, openDatabase, type Sql } from '@quadrille/postgres'

/** The database of each service: postgres://user:password@host:port/name. */
export type Databases = Readonly<Record<ServiceName, string>>

/** A snapshot of each database, in a read-only transaction. */
export type Snapshots = Readonly<Record<ServiceName, Sql>>

/** Runs work on a snapshot of each database. The work can't write. */
export type OnSnapshots = <Result>(work: (snapshots: Snapshots) => Promise<Result>) => Promise<Result>

/** An audit reads whole tables, and its transactions are idle while other databases are read. In ms. */
const options = { max: 1, planning: 'any', statementTimeoutMs: 300_000, idleInTransactionMs: 300_000 } as const

/** Connects to each database, runs the work and disconnects. */
export const withDatabases = async <Result>(
  urls: Databases,
  work: (onSnapshots: OnSnapshots) => Promise<Result>,
): Promise<Result> => {
  const databases = mapServices((service) => open(urls[service]))
  try {
    return await work((inner) => onSnapshots(databases, inner))
  } finally {
    await Promise.all(Object.values(databases).map((database) => database.end()))
  }
}

const open = (url: string): Database => {
  const onIdleError = () => undefined // the next examination connects again
  return openDatabase({ url, applicationName: 'quadrille-audit', ...options, onIdleError })
}

/** The order service's snapshot is taken first, so the other snapshots contain the state behind each event in it. */
const onSnapshots = <Result>(
  databases: Readonly<Record<ServiceName, Database>>,
  work: (snapshots: Snapshots) => Promise<Result>,
): Promise<Result> => {
  const sequence: ServiceName[] = ['order', ...serviceNames.filter((service) => service !== 'order')]
  const taken = new Map<ServiceName, Sql>()
  const takeNext = async ([service, ...rest]: readonly ServiceName[]): Promise<Result> => {
    if (service === undefined) return work(Object.fromEntries(taken) as Record<ServiceName, Sql>)
    return onSnapshot(databases[service], (sql) => {
      taken.set(service, sql)
      return takeNext(rest)
    })
  }
  return takeNext(sequence)
}

const onSnapshot = <Result>(database: Database, work: (sql: Sql) => Promise<Result>): Promise<Result> =>
  database.transaction(async (sql) => {
    await sql.query('set transaction isolation level repeatable read, read only')
    await sql.query(`set local work_mem = '64MB'`) // enough for a slice, so that sorting needs no disk
    await sql.query('select') // the first statement takes the snapshot
    return work(sql)
  })
