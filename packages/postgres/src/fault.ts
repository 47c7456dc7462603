/**
 * What an error of the driver asks for.
 * `unavailable`: the environment is at fault, whatever the values are. Postgres can't be reached or trusted, is starting or
 * stopping, is out of resources, or lacks what our statements name: wait, and do the same again.
 * `conflict`: a concurrent transaction or migration was in the way: run the transaction again.
 * `statement`: this statement with these values fails, and will fail again.
 */
export type Fault = 'unavailable' | 'conflict' | 'statement'

/** SQLSTATE classes and codes, from the Postgres manual, appendix A. */
const conflicts = new Set([
  '23505', // unique_violation: two found no row and inserted it
  '40000', // transaction_rollback: the commit was answered by a rollback
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available: the lock timeout
  '57014', // query_canceled: the statement timeout, most likely behind somebody's lock
])
const unavailableCodes = new Set([
  '25006', // read_only_sql_transaction: the server has become a standby
  '25P03', // idle_in_transaction_session_timeout: this process was stopped for a while
  '25P04', // transaction_timeout
  '3F000', // invalid_schema_name
  '42501', // insufficient_privilege: a grant is missing, or the role was changed
  '42703', // undefined_column: a migration was not run yet, or a backup is older
  '42704', // undefined_object
  '42883', // undefined_function
  '42P01', // undefined_table
  '55000', // object_not_in_prerequisite_state: an index that is being repaired, say
])
const unavailableClasses = new Set([
  '08', // connection exception
  '28', // invalid authorization: a password that was changed, or no TLS where it is wanted; see isRefusal
  '3D', // invalid_catalog_name: the database is gone, as while a backup is restored
  '53', // insufficient resources
  '57', // operator intervention: shutdown, crash, statement timeout
  '58', // system error
  'XX', // internal error: a corrupted table or index
])

/**
 * TLS that fails, as OpenSSL and Node name it: a certificate that has expired, say, or is by an authority that isn't trusted
 * (https://nodejs.org/api/tls.html#x509-certificate-error-codes). And the texts of pg where the server doesn't speak TLS.
 */
const tlsCodes =
  /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO$|CERT_|UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED_CERT$|INVALID_(CA|PURPOSE)$|PATH_LENGTH_EXCEEDED$|HOSTNAME_MISMATCH$)/
const noTls = /does not support SSL connections|error establishing an SSL connection/

/** Network errors of Node, and the texts with which pg reports a lost connection, which have no code. */
const networkCodes = /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|ENOENT$)/
const lostConnection =
  /connection (terminated|ended|timeout)|timeout exceeded when trying to connect|^timeout expired$|client has encountered a connection error|not queryable|pool after calling end|query read timeout/i

/** Errors that came from Postgres or the way to it: a connection that a mail server refuses looks just the same. */
const ours = new WeakSet<Error>()

/** Runs something against Postgres, so that `faultOf` knows its errors. */
export const againstPostgres = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Error) ours.add(error)
    throw error
  }
}

/** The kind of fault, or undefined for an error that doesn't come from Postgres or the way to it. */
export const faultOf = (error: unknown): Fault | undefined =>
  error instanceof Error && ours.has(error) ? classify(error) : undefined

/** True where what holds somebody's lock held this up: nothing is wrong with the statement. */
export const isLockTimeout = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '55P03' || error.code === '57014')

/** True where all connections of the pool were in use for too long: this process is busy, and Postgres need not be away. */
export const isPoolTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'timeout exceeded when trying to connect' // pg-pool, for those that wait

/** What a driver is told whose prepared statements are not those of the session. */
const mixedUp = new Set([
  '26000', // invalid_sql_statement_name: it doesn't exist
  '42P05', // duplicate_prepared_statement: it exists already
  '08P01', // protocol_violation: it is another one, with more or fewer parameters
])

/**
 * True where the plan of a prepared statement is of no more use, and preparing it on another connection is: a migration has
 * changed what the statement returns, or somebody between us and Postgres has mixed up or dropped prepared statements.
 */
export const isStalePlan = (error: unknown): boolean => {
  if (!(error instanceof Error && 'code' in error)) return false
  // 0A000 is every feature that is not supported; the function that raised it tells the cached plan from the others.
  if (error.code === '0A000') return 'routine' in error && error.routine === 'RevalidateCachedQuery'
  return mixedUp.has(String(error.code))
}

/** True where Postgres had no memory for this, as for more locks than its lock table holds: less at once may do. */
export const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '53200'

/**
 * True where Postgres has answered this statement, and what it lacks or finds damaged may concern this one only: one row of a
 * corrupted page, a trigger, a column or grant that one kind of message needs. Other statements may well succeed.
 */
export const concernsStatement = (error: unknown): boolean =>
  faultOf(error) === 'unavailable' &&
  error instanceof Error &&
  'code' in error &&
  /^(XX...|58...|3F...|42...|55000)$/.test(String(error.code))

/** What `nowait` would have said of rows that a statement has skipped because another session holds them. */
export const lockNotAvailable = (message: string): Error => {
  const error = Object.assign(new Error(message), { code: '55P03' })
  ours.add(error)
  return error
}

/**
 * True where Postgres answers, and refuses us or lacks what we need. It may be mended at any time; but at a start the
 * configuration is the most likely cause.
 */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(28...|3D...|3F...|42...)$/.test(String(error.code))

const classify = (error: unknown): Fault | undefined => {
  if (!(error instanceof Error)) return undefined
  if (error instanceof AggregateError) return error.errors.map(classify).find((fault) => fault !== undefined)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if ([networkCodes, tlsCodes].some((codes) => codes.test(code))) return 'unavailable'
  if ([lostConnection, noTls].some((texts) => texts.test(error.message))) return 'unavailable'
  if (!/^[0-9A-Z]{5}$/.test(code)) return undefined
  if (conflicts.has(code) || isStalePlan(error)) return 'conflict'
  return unavailableCodes.has(code) || unavailableClasses.has(code.slice(0, 2)) ? 'unavailable' : 'statement'
}
