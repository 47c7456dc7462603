import { Pool } from 'pg'
import { endsConnection, isStalePlan } from './fault.ts'
import { type FreshConnections, freshConnections } from './fresh-connections.ts'
import { pacedClient } from './paced-client.ts'
import { pipelineOf } from './pipeline.ts'
import { checkSettings, type Settings, type SettingsOptions, settingsOf, withSettings } from './settings.ts'
import type { DatabasePool } from './sql.ts'
import { runTransaction } from './transaction.ts'

export interface PoolOptions extends SettingsOptions {
  /** Its parameter `options` may have further settings, such as `-c search_path=shop`. Its timeouts are ignored. */
  readonly url: string
  /** Shown in pg_stat_activity. */
  readonly applicationName: string
  /** The maximum number of connections. Default 10. */
  readonly max?: number
  /**
   * How much longer than a statement the answers to all statements may take that were sent together, ms. After that the connection
   * counts as dead, and is closed. So this time also limits the wait for a server that is not reachable. Default 5,000.
   */
  readonly lateAnswerMs?: number
  /** Called for connections that broke while idle. The pool has removed them already. */
  readonly onIdleError: (error: Error) => void
  /**
   * If it is set, all connections must lead to the database of the first one (see `readDatabaseName`). A connection to another one,
   * to whose server the host name leads now, is refused, and this is called. A standby that takes over has the same name.
   */
  readonly onMoved?: ((error: Error) => void) | undefined
}

/** How long a statement waits for a connection, ms. After that the database counts as unavailable. */
const connectTimeoutMs = 5_000
/** Idle connections are probed after this, ms, to detect silently lost ones. */
const keepAliveAfterMs = 10_000
/** Unused connections are closed after this, ms. Jobs that run once a minute then open no new ones. */
const idleTimeoutMs = 120_000

/**
 * The server ends the session of a lost client after `timeoutMs`. `tcp_user_timeout` applies to data that is not acknowledged:
 * without it a statement whose answer is never read would hold its locks without limit. An idle session has no such data, so the
 * server also probes the client: otherwise the session would count against the limit of the role for two hours.
 * Unix sockets and macOS ignore some of these settings, so they are not checked.
 */
const deadPeerSettings = (timeoutMs: number): Settings => ({
  tcp_user_timeout: String(timeoutMs),
  tcp_keepalives_idle: String(keepAliveAfterMs / 1_000),
  tcp_keepalives_interval: String(keepAliveAfterMs / 1_000),
})

/**
 * A pool of connections, which are opened on demand. A standby counts as unavailable. So does a server that may lose what it confirms
 * (`synchronous_commit`), or whose collation has changed since the indexes of the database were built.
 */
export const openDatabase = ({
  url,
  applicationName,
  max = 10,
  statementTimeoutMs = 30_000,
  lateAnswerMs = 5_000,
  idleInTransactionMs = 2_500,
  planning = 'by_key',
  onIdleError,
  onMoved,
}: PoolOptions): DatabasePool => {
  const settings = settingsOf({ statementTimeoutMs, idleInTransactionMs, planning })
  const pool = new Pool({
    Client: pacedClient(onMoved),
    ...withSettings(url, { ...settings, ...deadPeerSettings(statementTimeoutMs) }),
    application_name: applicationName,
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleTimeoutMs,
    query_timeout: statementTimeoutMs + lateAnswerMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
  })
  let ending = false
  pool.on('error', (error) => {
    if (!ending) onIdleError(error) // a connection that breaks during `end` is not an error
  })
  const connections = freshConnections(pool)
  const query = <Row>(text: string, values?: readonly unknown[]) => statement<Row>(connections, text, values)
  return {
    query,
    transaction: (work) => runTransaction(work, { connections, idleInTransactionMs }),
    checkSettings: () => checkSettings({ query }, settings),
    connections: () => ({
      open: pool.totalCount,
      busy: pool.totalCount - pool.idleCount,
      waiting: pool.waitingCount,
    }),
    end: () => {
      ending = true
      return pool.end()
    },
  }
}

/**
 * The maximum number of attempts for a statement outside of a transaction. If its plan is stale in all of them, a migration
 * cannot be the cause.
 */
const stalePlanAttempts = 8

/** A statement with a stale plan has had no effect, and is prepared again on another connection. */
const statement = async <Row>(
  connections: FreshConnections,
  text: string,
  values?: readonly unknown[],
): Promise<Row[]> => {
  for (let attempt = 1; ; attempt += 1) {
    const client = await connections.connect()
    let broken = false
    try {
      const { rows } = await pipelineOf(client).send<Row>({ text, values })
      return rows
    } catch (error) {
      broken = endsConnection(error) || isStalePlan(error)
      connections.renewAfter(error, client)
      if (!isStalePlan(error) || attempt === stalePlanAttempts) throw error
    } finally {
      client.release(broken)
    }
  }
}
