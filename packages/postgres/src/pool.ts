import { hash } from 'node:crypto'
import { Pool, type PoolClient, types } from 'pg'
import { againstPostgres, isStalePlan } from './fault.ts'
import { type FreshConnections, freshConnections } from './fresh-connections.ts'
import type { DatabasePool, Sql } from './sql.ts'

export interface PoolOptions {
  readonly url: string
  /** Shown in pg_stat_activity. */
  readonly applicationName: string
  /** Connections at most. Default 10. */
  readonly max?: number
  /** How long a statement may take, and a transaction do nothing, ms. Default 30 s: what takes longer has a plan gone wrong, or hangs. */
  readonly patienceMs?: number
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
  onIdleError,
}: PoolOptions): DatabasePool => {
  const pool = new Pool({
    connectionString: url,
    application_name: applicationName,
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    idle_in_transaction_session_timeout: patienceMs,
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
    transaction: (work) => transaction(connections, work),
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
      return await run<Row>(client, text, values)
    } catch (error) {
      broken = true
      if (!isStalePlan(error)) throw error
      connections.renew()
      if (tried === stalePlanTries) throw error
    } finally {
      client.release(broken)
    }
  }
}

const transaction = async <Result>(
  connections: FreshConnections,
  work: (sql: Sql) => Promise<Result>,
): Promise<Result> => {
  const client = await connections.connect()
  let broken: Error | undefined
  let open = true
  let cause: unknown
  const query = async <Row>(text: string, values?: readonly unknown[]): Promise<Row[]> => {
    if (!open) throw new Error('The transaction is over.')
    try {
      return await run<Row>(client, text, values)
    } catch (error) {
      cause ??= error
      if (isStalePlan(error)) connections.renew()
      throw isOnlyAfter(error) ? cause : error
    }
  }
  try {
    const begun = Promise.allSettled([againstPostgres(() => client.query('begin'))]) // goes out together with the first statement
    const result = await work({ query })
    for (const outcome of await begun) if (outcome.status === 'rejected') throw outcome.reason
    open = false
    await againstPostgres(() => client.query('commit'))
    return result
  } catch (error) {
    open = false // what `work` still begins must not run on its own
    broken = await rollback(client)
    throw error
  } finally {
    client.release(broken)
  }
}

/** in_failed_sql_transaction: another statement failed before this one, which was on its way already and says nothing of it. */
const isOnlyAfter = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '25P02'

/** A connection that can't even roll back is of no further use: it is returned as the reason to close it. */
const rollback = async (client: PoolClient): Promise<Error | undefined> => {
  try {
    await client.query('rollback')
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

const statementNames = new Map<string, string>()

const run = async <Row>(client: PoolClient, text: string, values: readonly unknown[] = []): Promise<Row[]> => {
  const name = statementNames.get(text) ?? hash('sha1', text)
  statementNames.set(text, name)
  const { rows } = await againstPostgres(() => client.query({ name, text, values: [...values] }))
  return rows
}

/** bigint as a number: none of ours comes near 2^53, and a value that does must not be rounded silently. */
const parseBigint = (value: string): number => {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new RangeError(`bigint ${value} is not a safe integer`)
  return number
}

const getTypeParser: typeof types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === types.builtins.INT8 && format !== 'binary' ? parseBigint : types.getTypeParser(oid, format as 'text')
