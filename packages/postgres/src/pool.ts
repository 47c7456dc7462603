import { Pool, types } from 'pg'
import { isStalePlan } from './fault.ts'
import { type FreshConnections, freshConnections } from './fresh-connections.ts'
import type { DatabasePool } from './sql.ts'
import { runPrepared } from './statement.ts'
import { runTransaction } from './transaction.ts'

export interface PoolOptions {
  readonly url: string
  /** Shown in pg_stat_activity. */
  readonly applicationName: string
  /** Connections at most. Default 10. */
  readonly max?: number
  /** How long a statement may take, ms. Default 30 s: what takes longer has a plan gone wrong, or hangs. */
  readonly patienceMs?: number
  /**
   * How long a transaction may do nothing, ms. Default 2,500. Then Postgres closes the connection and frees its locks: a process
   * that was stopped must not hold up others, and can't commit what it decided on rows that it read before.
   */
  readonly idleInTransactionMs?: number
  /** Told of connections that broke while idle: the pool has replaced them already. */
  readonly onIdleError: (error: Error) => void
}

/** How long a statement waits for a connection, ms: past it the database counts as unavailable. */
const connectTimeoutMs = 5_000
/** How long a statement waits for somebody else's lock, ms. Ours are held for milliseconds. */
const lockTimeoutMs = 1_000
/** After its patience is over, how long the server may take to say so, ms: a connection that gives no answer then is dead. */
const answersLateMs = 5_000
/** Idle connections are probed, so that one that was cut silently is noticed, ms. */
const keepAliveAfterMs = 10_000

/**
 * Every statement of ours goes by an index and is the same for one row as for a hundred, so it is planned once per connection.
 * Postgres would plan it anew each time, as the length of an array promises a better plan, and that costs more than running it.
 * Sequential scans are off because a plan outlives the day when the table was small.
 */
const planning = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off'

/** A pool of connections that are opened as they are needed. */
export const openDatabase = ({
  url,
  applicationName,
  max = 10,
  patienceMs = 30_000,
  idleInTransactionMs = 2_500,
  onIdleError,
}: PoolOptions): DatabasePool => {
  const pool = new Pool({
    connectionString: url,
    application_name: applicationName,
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    statement_timeout: patienceMs,
    lock_timeout: lockTimeoutMs,
    query_timeout: patienceMs + answersLateMs,
    options: planning,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveAfterMs,
    pipeline: true,
    types: { getTypeParser },
  })
  // A connection that breaks while somebody has it, between two statements or in the very packet that said that it is open,
  // would crash the process if nobody listened: the next statement reports it.
  pool.on('connect', (client) => client.on('error', ignore))
  let ending = false
  pool.on('error', (error) => {
    if (!ending) onIdleError(error) // one that breaks while it is being closed is none
  })
  const connections = freshConnections(pool)
  return {
    query: <Row>(text: string, values?: readonly unknown[]) => statement<Row>(connections, text, values),
    transaction: (work) => runTransaction(connections, work),
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

const ignore = () => undefined

/** How often a statement outside a transaction meets stale plans before somebody else must be to blame. */
const stalePlanTries = 8

/** One whose plan is stale has done nothing, and is prepared again on another connection. */
const statement = async <Row>(
  connections: FreshConnections,
  text: string,
  values?: readonly unknown[],
): Promise<Row[]> => {
  for (let tried = 1; ; tried += 1) {
    const client = await connections.connect()
    let broken = false
    try {
      return await runPrepared<Row>(client, text, values)
    } catch (error) {
      broken = true
      if (!isStalePlan(error)) throw error
      connections.renew(client)
      if (tried === stalePlanTries) throw error
    } finally {
      client.release(broken)
    }
  }
}

/** bigint as a number: none of ours comes near 2^53, and a value that does must not be rounded silently. */
const parseBigint = (value: string): number => {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new RangeError(`bigint ${value} is not a safe integer`)
  return number
}

// The types of pg have an overload for each format, and none for both.
const getTypeParser: typeof types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === types.builtins.INT8 && format !== 'binary' ? parseBigint : types.getTypeParser(oid, format as 'text')
