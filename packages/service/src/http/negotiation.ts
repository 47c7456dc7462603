/** The media type of a response, which the client selects by its Accept header. */
import type { Request } from 'express'
import { Problem } from './problem.ts'
import type { Route } from './route.ts'
import { eventStream } from './server-sent-events.ts'

/** The media types of the route's successful responses. The first is the default. */
export const mediaTypesOf = ({ responses }: Pick<Route, 'responses'>): readonly [string, ...string[]] => {
  const successes = Object.entries(responses).flatMap(([status, response]) => (Number(status) < 400 ? [response] : []))
  const [first = 'application/json', ...others] = [
    ...(successes.some(({ body }) => body) ? ['application/json'] : []),
    ...successes.flatMap(({ file = [] }) => file),
    ...(successes.some(({ events }) => events) ? [eventStream] : []),
  ]
  return [first, ...others]
}

/** @throws {Problem} 406 if the client accepts neither a response of the route nor a problem. */
export const requireAccept = (request: Request, mediaTypes: readonly string[]): void => {
  if (request.accepts([...mediaTypes, 'application/problem+json'])) return
  throw new Problem('not-acceptable', `This route returns ${mediaTypes.join(' or ')}, not ${request.get('accept')}.`)
}

/** The media type that the client prefers. The first one if it has no preference. */
export const preferred = (request: Request, mediaTypes: readonly [string, ...string[]]): string =>
  (mediaTypes.length > 1 && request.accepts([...mediaTypes])) || mediaTypes[0]
