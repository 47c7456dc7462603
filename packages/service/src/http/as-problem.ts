import { faultOf } from '@quadrille/postgres'
import type { Request } from 'express'
import { Unavailable } from '../errors/unavailable.ts'
import { notFound, Problem, unavailable } from './problem.ts'

/** The problem with which an error is answered. An error that nothing here expects is an internal one. */
export const asProblem = (error: unknown, request: Request): Problem => {
  if (error instanceof Problem) return error
  if (error instanceof URIError) return notFound('The path is not a percent-encoded one (RFC 3986, section 2.1).')
  if (error instanceof Unavailable) return unavailable(error.message)
  switch (parserFault(error)) {
    case 'entity.too.large':
      return new Problem(
        'payload-too-large',
        `The body may have 256 kB at most, not ${request.get('content-length') ?? 'more'} bytes.`,
      )
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new Problem('unsupported-media-type', 'Send the body as it is, without a content encoding.')
    case undefined:
      if (willPass(error)) return unavailable('The database could not do this now.')
      return new Problem('internal', 'The fault is logged; trying again later may help.')
    default:
      return new Problem('malformed-json', 'The body could not be read as JSON.')
  }
}

/** Postgres is away, or somebody else was in the way: nothing is wrong with the request. */
const willPass = (error: unknown): boolean => {
  const fault = faultOf(error)
  return fault === 'unavailable' || fault === 'conflict'
}

/** The body parser marks its errors with a type, and a status below 500. */
const parserFault = (error: unknown): string | undefined => {
  if (!(error instanceof Error) || !('status' in error) || Number(error.status) >= 500) return undefined
  return 'type' in error ? String(error.type) : 'other'
}
