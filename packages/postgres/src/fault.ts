/**
 * What an error of the driver asks for.
 * `unavailable`: Postgres can't be reached or is starting, stopping or out of resources: wait, and do the same again.
 * `conflict`: a concurrent transaction was in the way: run the transaction again.
 * `statement`: this statement with these values fails, and will fail again.
 */
export type Fault = 'unavailable' | 'conflict' | 'statement'

/** SQLSTATE classes and codes, from the Postgres manual, appendix A. */
const conflicts = new Set([
  '23505', // unique_violation: two found no row and inserted it
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available
  '57014', // query_canceled: the statement timeout, most likely behind somebody's lock
])
const unavailableClasses = new Set([
  '08', // connection exception
  '53', // insufficient resources
  '57', // operator intervention: shutdown, crash, statement timeout
  '58', // system error
])

/** Network errors of Node, and the texts with which pg reports a lost connection, which have no code. */
const networkCodes = /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|ENOENT$)/
const lostConnection =
  /connection (terminated|ended|timeout)|timeout exceeded when trying to connect|client has encountered a connection error|not queryable|pool after calling end/i

/** The kind of fault, or undefined for an error that doesn't come from Postgres or the way to it. */
export const faultOf = (error: unknown): Fault | undefined => {
  if (!(error instanceof Error)) return undefined
  if (error instanceof AggregateError) return error.errors.map(faultOf).find((fault) => fault !== undefined)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (networkCodes.test(code) || lostConnection.test(error.message)) return 'unavailable'
  if (!/^[0-9A-Z]{5}$/.test(code)) return undefined
  if (conflicts.has(code)) return 'conflict'
  return unavailableClasses.has(code.slice(0, 2)) ? 'unavailable' : 'statement'
}
