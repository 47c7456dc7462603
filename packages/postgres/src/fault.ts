import { DatabaseError } from 'pg'

/**
 * The kind of a driver's error.
 *
 * - `unavailable`: the environment caused it, independent of the values. Postgres cannot be reached or trusted, is starting
 *   or stopping, is out of resources, or lacks an object that our statements name. Wait, and repeat the work.
 * - `conflict`: a concurrent transaction or migration interfered. Run the transaction again.
 * - `statement`: this statement with these values fails, and will fail again.
 */
export type Fault = 'unavailable' | 'conflict' | 'statement'

/** SQLSTATE classes and codes, from the Postgres manual, appendix A. */
const conflicts = new Set([
  '23505', // unique_violation: two transactions inserted the same row
  '40000', // transaction_rollback: the server rolled back instead of committing
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available: the lock timeout
  '57014', // query_canceled: the statement timeout, most likely because of a lock
])
const unavailableCodes = new Set([
  '25006', // read_only_sql_transaction: the server has become a standby
  '25P03', // idle_in_transaction_session_timeout: this process was stopped for some time
  '25P04', // transaction_timeout
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
  '57', // operator intervention: shutdown, crash, statement timeout
  '58', // system error
  'XX', // internal error: a corrupted table or index
])

/**
 * TLS error codes of OpenSSL and Node, for example for an expired or untrusted certificate
 * (https://nodejs.org/api/tls.html#x509-certificate-error-codes), and pg's error messages for a server without TLS.
 */
const tlsCodes =
  /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO$|CERT_|UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED_CERT$|INVALID_(CA|PURPOSE)$|PATH_LENGTH_EXCEEDED$|HOSTNAME_MISMATCH$)/
const noTls = /does not support SSL connections|error establishing an SSL connection/

/** Node's network error codes, and pg's error messages for a lost connection, which have no code. */
const networkCodes = /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|ENOENT$)/
const lostConnection =
  /connection (terminated|ended|timeout)|timeout exceeded when trying to connect|^timeout expired$|client has encountered a connection error|not queryable|pool after calling end|query read timeout/i

/**
 * Errors from Postgres or the connection to it. Without this mark, they could not be distinguished from the errors of
 * other connections, such as one to a mail server.
 */
const postgresErrors = new WeakSet<Error>()

/** Marks an error for `faultOf`. Returns it if it is an error that was not marked before. */
export const markPostgresError = (error: unknown): Error | undefined => {
  if (!(error instanceof Error) || postgresErrors.has(error)) return undefined
  postgresErrors.add(error)
  return error
}

/** Runs work that uses Postgres only, and marks its errors for `faultOf`. */
export const markPostgresErrors = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work()
  } catch (error) {
    markPostgresError(error)
    throw error
  }
}

/** The kind of fault. Undefined for an error that does not come from Postgres or the connection to it. */
export const faultOf = (error: unknown): Fault | undefined =>
  error instanceof Error && postgresErrors.has(error) ? classify(error) : undefined

/** True if a lock of another session caused the timeout. The statement itself is correct. */
export const isLockTimeout = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '55P03' || error.code === '57014')

/**
 * True if a lock of another session ended the statement, by a timeout or a deadlock. Repeat it until the lock is free. A
 * cancellation (57014) does not count, because an operator or the statement itself may have caused it.
 */
export const isLockConflict = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '55P03' || error.code === '40P01')

/**
 * True if all connections of the pool were in use for too long. This process is then busy, but Postgres may be
 * available.
 */
export const isPoolTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'timeout exceeded when trying to connect' // the message of pg-pool

/** Errors for a prepared statement that the session lacks, or has with another text. */
const statementMismatches = new Set([
  '26000', // invalid_sql_statement_name: it does not exist
  '42P05', // duplicate_prepared_statement: it exists already
  '08P01', // protocol_violation: it has a different number of parameters
])

/**
 * True if the plan of a prepared statement is unusable, and preparing it on another connection helps: a migration has
 * changed the result of the statement, or a pooler between us and Postgres has confused or dropped prepared statements.
 */
export const isStalePlan = (error: unknown): boolean => {
  if (!(error instanceof Error && 'code' in error)) return false
  // 0A000 covers every unsupported feature. The name of the C function distinguishes the stale plan.
  if (error.code === '0A000') return 'routine' in error && error.routine === 'RevalidateCachedQuery'
  return statementMismatches.has(String(error.code))
}

/**
 * True if Postgres ran out of memory, for example for more locks than its lock table holds. A smaller batch may
 * succeed.
 */
export const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '53200'

/**
 * True if Postgres has answered the statement, and the fault may concern this statement only: a row of a corrupted
 * page, a trigger, a missing column or grant. Other statements may succeed.
 */
export const concernsStatement = (error: unknown): boolean =>
  faultOf(error) === 'unavailable' &&
  error instanceof Error &&
  'code' in error &&
  /^(XX...|58...|3F...|42...|55000)$/.test(String(error.code))

/** The error that `nowait` raises for locked rows. For statements that use `skip locked` instead. */
export const lockNotAvailable = (message: string): Error => {
  const error = Object.assign(new Error(message), { code: '55P03' })
  markPostgresError(error)
  return error
}

/**
 * True if Postgres answers, but rejects the login or lacks a database, an object or a grant. An operator may fix that at
 * any time, but at startup a wrong configuration is the most likely cause.
 */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(28...|3D...|3F...|42...)$/.test(String(error.code))

/** True if Postgres has answered with this error, and false if it may not be reached. */
export const isAnswer = (error: unknown): boolean => error instanceof DatabaseError

const classify = (error: unknown): Fault | undefined => {
  if (!(error instanceof Error)) return undefined
  if (error instanceof AggregateError) return error.errors.map(classify).find((fault) => fault !== undefined)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if ([networkCodes, tlsCodes].some((codes) => codes.test(code))) return 'unavailable'
  if ([lostConnection, noTls].some((messages) => messages.test(error.message))) return 'unavailable'
  if (!/^[0-9A-Z]{5}$/.test(code)) return undefined
  if (conflicts.has(code) || isStalePlan(error)) return 'conflict'
  return unavailableCodes.has(code) || unavailableClasses.has(code.slice(0, 2)) ? 'unavailable' : 'statement'
}
