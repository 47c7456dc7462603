/** Checks of each new connection, which may lead to another server than the one before, such as a promoted standby. */
import type { Client } from 'pg'
import { selectDatabaseName } from './database-name.ts'
import { movedError, standbyError, unsafeError } from './fault.ts'

/** Calls `conclude` with the reason why the connection may not be used, after it has closed it, or else with null. */
export type CheckServer = (client: Client, conclude: (error: Error | null) => void) => void

/** The answer of a server. */
interface Server {
  readonly standby: boolean
  readonly commit: string
  readonly standbys: string
  /** The database, as an identifier. */
  readonly database: string
  /** The versions of the collation when the indexes were built, and now. Null if it has none, such as `C`. */
  readonly built: string | null
  readonly collation: string | null
  readonly name: string | null
}

/**
 * Refuses standbys, servers that may lose what they confirm, and databases whose indexes may miss rows. With `onMoved`, also all
 * databases but that of the first connection.
 */
export const checkServer = (onMoved?: (error: Error) => void): CheckServer => {
  const ask = `
    select pg_is_in_recovery() as standby, current_setting('synchronous_commit') as commit,
           current_setting('synchronous_standby_names') as standbys, quote_ident(datname) as database, datcollversion as built,
           pg_database_collation_actual_version(oid) as collation, (${onMoved ? selectDatabaseName : 'select null'}) as name
    from pg_database where datname = current_database()`
  let first: string | null | undefined
  const compare = ({ name }: Server): Error | null => {
    first ??= name
    if (name === first) return null
    const error = movedError(`${first}`, `${name}`)
    onMoved?.(error)
    return error
  }
  return (client, conclude) => {
    // A connection may break while it opens, or while it is checked out and idle. Without a listener that would crash the process. The
    // running or the next statement reports the error.
    client.on('error', ignore)
    void client.query<Server>(ask, (error, result) => {
      const [server] = error ? [] : result.rows
      const refused = error ?? (server ? (faultIn(server) ?? compare(server)) : null)
      if (refused) void client.end(ignore)
      conclude(refused)
    })
  }
}

const faultIn = (server: Server): Error | null => {
  if (server.standby) return standbyError()
  const risk = riskOf(server)
  return risk === null ? null : unsafeError(risk)
}

/**
 * Why rows may be lost or missed, and what to do. Null if they are safe.
 *
 * A new version of the library that compares text, as after an upgrade of the operating system, may sort differently. An index that
 * was built before then misses rows, such as idempotency keys (manual, 24.2.2.3, Collation Versions).
 */
const riskOf = ({ commit, standbys, database, built, collation }: Server): string | null => {
  if (commit === 'off') return 'synchronous_commit is off, so a crash loses confirmed transactions: set it to on'
  if (commit === 'local' && standbys !== '')
    return 'synchronous_commit is local, so a failover loses confirmed transactions: set it to on'
  if (built === null || collation === null || built === collation) return null
  return `the collation of the database has changed from version ${built} to ${collation}, so its indexes may miss rows: stop the services, run "reindex database ${database}", and then "alter database ${database} refresh collation version"`
}

const ignore = () => undefined
