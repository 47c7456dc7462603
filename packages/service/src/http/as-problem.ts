import { transientFaultOf } from '@quadrille/postgres'
import { Unavailable } from '../errors/unavailable.ts'
import { notFound, Problem, unavailable } from './problem.ts'

/** Converts an error to the problem in the response. An unexpected error becomes `internal`. */
export const asProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error
  if (error instanceof URIError) return notFound('The path is not correctly percent-encoded (RFC 3986, section 2.1).')
  if (error instanceof Unavailable) return unavailable(error.message)
  // Postgres is unavailable, or another session holds a lock.
  if (transientFaultOf(error) !== null) return unavailable('The database is temporarily unavailable.')
  return new Problem(
    'internal',
    'The log of the service has the error, with the instance of this problem. The same request may succeed later.',
  )
}
