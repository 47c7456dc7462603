import { faultOf } from '@quadrille/postgres'
import type { Request } from 'express'
import { Unavailable } from '../errors/unavailable.ts'
import { notFound, Problem, unavailable } from './problem.ts'

/** The problem that answers an error. An unexpected error is an internal one. */
export const asProblem = (error: unknown, request: Request): Problem => {
  if (error instanceof Problem) return error
  if (error instanceof URIError) return notFound('The path is not correctly percent-encoded (RFC 3986, section 2.1).')
  if (error instanceof Unavailable) return unavailable(error.message)
  switch (parserFault(error)) {
    case 'entity.too.large':
      return new Problem(
        'payload-too-large',
        `The body may have at most 256 kB, not ${request.get('content-length') ?? 'more'} bytes.`,
      )
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new Problem('unsupported-media-type', 'Send the body without a content encoding.')
    case undefined:
      if (willPass(error)) return unavailable('The database is temporarily unavailable.')
      return new Problem('internal', 'The error is logged; trying again later may help.')
    default:
      return new Problem('malformed-json', 'The body could not be read as JSON.')
  }
}

/** Postgres is unavailable, or another session holds a lock. The request is valid. */
const willPass = (error: unknown): boolean => {
  const fault = faultOf(error)
  return fault === 'unavailable' || fault === 'conflict'
}

/** The body parser gives its errors a type, and a status below 500. */
const parserFault = (error: unknown): string | undefined => {
  if (!(error instanceof Error) || !('status' in error) || Number(error.status) >= 500) return undefined
  return 'type' in error ? String(error.type) : 'other'
}
