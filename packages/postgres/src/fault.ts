import { DatabaseError } from 'pg'

/**
 * The kind of a driver's error.
 *
 * - `unavailable`: the environment caused it, independent of the values. Postgres cannot be reached or trusted, is starting
 *   or stopping, or lacks an object that our statements name. Or Postgres or this process is out of resources. Wait, and
 *   repeat the work. The values may have caused a cancellation, which is `unavailable` too: see `isCancellation`.
 * - `conflict`: a concurrent transaction or migration interfered. Run the transaction again.
 * - `rejected`: this statement with these values fails, and will fail again.
 */
export type Fault = 'unavailable' | 'conflict' | 'rejected'

/** SQLSTATE classes and codes, from the Postgres manual, appendix A. */
const conflicts = new Set([
  '23505', // unique_violation: two transactions inserted the same row
  '40000', // transaction_rollback: the server rolled back instead of committing
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available: the lock timeout
])
const unavailableCodes = new Set([
  '25006', // read_only_sql_transaction: the database was made read-only, or the server is a standby
  '25P03', // idle_in_transaction_session_timeout: this process was stopped for some time
  '25P04', // transaction_timeout: see isCancellation
  '3F000', // invalid_schema_name
  '42501', // insufficient_privilege: a grant is missing, or the role was changed
  '42703', // undefined_column: a migration has not run yet, or a backup is older
  '42704', // undefined_object
  '42883', // undefined_function
  '42P01', // undefined_table
  '55000', // object_not_in_prerequisite_state: for example an index under repair
])
const unavailableClasses = new Set([
  '08', // connection exception
  '28', // invalid authorization: a changed password, or missing TLS; see isRefusal
  '3D', // invalid_catalog_name: the database is missing, for example during a restore
  '53', // insufficient resources
  '57', // operator intervention: shutdown, crash, a cancelled statement; see isCancellation
  '58', // system error
  'XX', // internal error: a corrupted table or index
])

/**
 * Errors from Postgres or the connection to it. Without this mark, they could not be distinguished from the errors of
 * other connections, such as one to a mail server.
 */
const postgresErrors = new WeakSet<Error>()

/** Marks an error for `faultOf`. False if it is marked already. */
export const markOnce = (error: unknown): error is Error => {
  if (!(error instanceof Error) || postgresErrors.has(error)) return false
  postgresErrors.add(error)
  return true
}

/** Runs work that uses Postgres only, and marks its errors for `faultOf`. */
export const markPostgresErrors = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work()
  } catch (error) {
    markOnce(error)
    throw error
  }
}

/** The kind of fault. Undefined for an error that does not come from Postgres or the connection to it. */
export const faultOf = (error: unknown): Fault | undefined =>
  error instanceof Error && postgresErrors.has(error) ? classify(error) : undefined

/**
 * The kind of a transient fault: the same work may succeed later. Null for any other error. `outage`: Postgres is
 * unavailable. `statement`: only this statement is affected for now, or it waited too long for a lock. `conflict`: another
 * transaction interfered. A lock that has outlasted the lock timeout is probably held for longer, so the next try follows
 * after a growing pause, not at once as after a conflict.
 */
export const transientFaultOf = (error: unknown): 'outage' | 'statement' | 'conflict' | null => {
  const fault = faultOf(error)
  if (fault === 'unavailable') return concernsStatement(error) ? 'statement' : 'outage'
  if (fault !== 'conflict') return null
  return isLockTimeout(error) ? 'statement' : 'conflict'
}

/** True if a lock of another session caused the timeout. The statement itself is correct. */
export const isLockTimeout = (error: unknown): boolean => sqlStateOf(error) === '55P03'

/** True if a lock of another session ended the statement, by a timeout or a deadlock. Repeat it until the lock is free. */
export const isLockConflict = (error: unknown): boolean => ['55P03', '40P01'].includes(sqlStateOf(error))

/**
 * True if the statement was cancelled: by the statement timeout, which is much longer than the lock timeout, by the transaction
 * timeout of the role or the server, or by an operator. Postgres has too much to do, or this statement with these values.
 */
export const isCancellation = (error: unknown): boolean => ['57014', '25P04'].includes(sqlStateOf(error))

/**
 * True if all connections of the pool were in use for too long. This process is then busy, but Postgres may be
 * available.
 */
export const isPoolTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'timeout exceeded when trying to connect' // the message of pg-pool

/**
 * Errors for a prepared statement that the session lacks, or has with another text. Some codes cover other errors too. The name
 * of the C function distinguishes them.
 */
const stalePlans: ReadonlyMap<string, string | null> = new Map([
  ['26000', null], // invalid_sql_statement_name: it does not exist
  ['42P05', null], // duplicate_prepared_statement: it exists already
  ['08P01', 'exec_bind_message'], // protocol_violation: it has a different number of parameters
  ['0A000', 'RevalidateCachedQuery'], // feature_not_supported: its result has changed
])

/**
 * True if the plan of a prepared statement is unusable, and preparing it on another connection helps: a migration has
 * changed the result of the statement, or a pooler between us and Postgres has confused or dropped prepared statements.
 */
export const isStalePlan = (error: unknown): boolean => {
  const routine = stalePlans.get(sqlStateOf(error))
  return routine === null || (routine !== undefined && routineOf(error) === routine)
}

/**
 * True if the session accepts no writes: an operator has made the database read-only. Sessions that were opened meanwhile stay so.
 */
export const isReadOnly = (error: unknown): boolean => sqlStateOf(error) === '25006'

/**
 * True if Postgres ran out of memory, for example for more locks than its lock table holds. A smaller batch may
 * succeed.
 */
export const isOutOfMemory = (error: unknown): boolean => sqlStateOf(error) === '53200'

/**
 * True if Postgres has answered the statement, and the fault may concern this statement only: a row of a corrupted
 * page, a trigger, a missing column or grant, the statement or transaction timeout. Other statements may succeed.
 */
export const concernsStatement = (error: unknown): boolean =>
  faultOf(error) === 'unavailable' && /^(XX|58|3F|42|55000|57014|25P04)/.test(sqlStateOf(error))

/**
 * True if the connection can't be used any more: Postgres or a pooler has ended the session, or the answer is missing. Other errors
 * leave it in order, such as a lock timeout, or a value that can't be written or read. The severity decides nothing, because the
 * server translates it (`lc_messages`).
 */
export const endsConnection = (error: unknown): boolean =>
  faultOf(error) === 'unavailable' && /^($|08|57P|25P03|25P04)/.test(sqlStateOf(error))

/** True if Postgres has closed the connection because its transaction was idle: this process was stopped, or busy, for too long. */
export const isIdleTimeout = (error: unknown): boolean => sqlStateOf(error) === '25P03'

/** An error that this package has found, with the SQLSTATE from which its kind follows. */
export const errorWithState = (code: string, message: string, options?: ErrorOptions): Error => {
  const error = Object.assign(new Error(message, options), { code })
  markOnce(error)
  return error
}

/**
 * The error of a connection to another database than before, by the names of both: `sqlserver_rejected_establishment_of_sqlconnection`.
 */
export const movedError = (before: string, now: string): Error =>
  errorWithState(
    '08004',
    `DATABASE_URL leads to the database ${now} instead of ${before}: stop all instances of a service before it gets another database`,
  )

/** The error of a connection that `checkServer` refuses until an operator acts, with the same state as `movedError`. */
export const unsafeError = (message: string): Error => errorWithState('08004', message)

/** The error that `nowait` raises for locked rows. For statements that use `skip locked` instead. */
export const lockNotAvailable = (message: string): Error => errorWithState('55P03', message)

/** The error of a connection to a standby. A failover may be under way, and a later connection lead to the new primary. */
export const standbyError = (): Error =>
  errorWithState('25006', 'The server is a standby, and only the primary can be used.')

/**
 * True if Postgres answers, but rejects the login or lacks a database, an object or a grant. An operator may fix that at
 * any time, but at startup a wrong configuration is the most likely cause. The same applies to a server that this
 * package refuses (08004). A missing password and a pooler that does not pass our settings are only known by a message.
 */
export const isRefusal = (error: unknown): boolean =>
  /^(08004|28|3D|3F|42)/.test(sqlStateOf(error)) || (error instanceof Error && refusals.test(error.message))

/** True if Postgres can't be reached or used for now, and the configuration is not the most likely cause. */
export const isOutage = (error: unknown): boolean =>
  faultOf(error) === 'unavailable' && !isRefusal(error) && !isCancellation(error)

/** True if a table, a column or a right on it is missing. The migration step may not have run yet, or not to its end. */
export const isMissingObjectOrRight = (error: unknown): boolean =>
  ['42501', '42703', '42P01'].includes(sqlStateOf(error))

/** The messages of pg and of PgBouncer. */
const refusals = /^(SASL: |unsupported startup parameter)/i

/** True if Postgres itself has reported the error, and false if it may not be reached. */
export const isServerError = (error: unknown): boolean => error instanceof DatabaseError

/**
 * An error without SQLSTATE comes from the connection: the network, TLS, the driver, or this process, which may be out of file
 * descriptors. There is no complete list of those, so all of them count as an outage.
 */
const classify = (error: Error): Fault | undefined => {
  const code = sqlStateOf(error)
  if (code === '') return isUnusableValue(error) ? undefined : 'unavailable'
  if (conflicts.has(code) || isStalePlan(error)) return 'conflict'
  if (code === '08P01') return isUnreadable(error) ? 'rejected' : 'unavailable'
  return unavailableCodes.has(code) || unavailableClasses.has(code.slice(0, 2)) ? 'unavailable' : 'rejected'
}

/**
 * The SQLSTATE of an error, or '' for an error without one. Errors of the operating system and of Node, such as EPERM, have a code
 * too. No SQLSTATE begins with E.
 */
export const sqlStateOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^(?!E)[0-9A-Z]{5}$/.test(code) ? code : ''
}

/** True if a value can't be written or read. */
const isUnusableValue = (error: Error): boolean =>
  error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError

/**
 * True if the server could not read a value of a message, and goes on after it. A pooler names no C function, and ends the
 * connection. So does the server if it can't tell where a message begins.
 */
const isUnreadable = (error: Error): boolean => String(routineOf(error)).startsWith('pq_')

/** The C function of the server that raised the error. */
const routineOf = (error: unknown): unknown =>
  error instanceof Error && 'routine' in error ? error.routine : undefined
