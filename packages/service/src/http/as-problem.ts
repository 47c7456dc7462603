import { transientFaultOf } from '@quadrille/postgres'
import { Unavailable } from '../errors/unavailable.ts'
import { notFound, Problem, unavailable } from './problem.ts'

/** Converts an error to the problem in the response. An unexpected error becomes `internal`. */
export const asProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error
  if (error instanceof URIError) return notFound('The path is not correctly percent-encoded (RFC 3986, section 2.1).')
  if (error instanceof Unavailable) return unavailable(error.message)
  switch (parserFault(error)) {
    case 'entity.too.large':
      return new Problem('payload-too-large', 'The body is too large. At most 256 KiB are accepted.')
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new Problem('unsupported-media-type', 'Send the body without a content encoding.')
    case undefined:
      // Postgres is unavailable, or another session holds a lock.
      if (transientFaultOf(error) !== null) return unavailable('The database is temporarily unavailable.')
      return new Problem(
        'internal',
        'The log of the service has the error, with the instance of this problem. The same request may succeed later.',
      )
    default:
      return new Problem('malformed-json', 'The body could not be read as JSON.')
  }
}

/** The type of an error of the body parser, which also has a status below 500. Undefined for other errors. */
const parserFault = (error: unknown): string | undefined => {
  if (!(error instanceof Error) || !('status' in error) || Number(error.status) >= 500) return undefined
  return 'type' in error ? String(error.type) : 'other'
}
