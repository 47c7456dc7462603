/** Checks routes before they are served. These mistakes would show only at requests, as a 404 or as the response of another route. */
import type { z } from 'zod'

interface CheckedRoute {
  readonly method: string
  readonly path: string
  readonly params?: z.ZodObject
  readonly refusal?: unknown
}

/** @throws {Error} if its path and its other fields do not fit together. */
export const checkRoute = (route: CheckedRoute): void => {
  const { path, params, refusal } = route
  const inPath = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name)
  const misnamed = inPath.find((name) => !/^\w+$/.test(name))
  if (misnamed !== undefined)
    throw new Error(`${titleOf(route)} has a parameter ${misnamed}: its name must match /^\\w+$/, such as seatNumber.`)
  const inSchema = Object.keys(params?.shape ?? {})
  if (inPath.toSorted().join() !== inSchema.toSorted().join())
    throw new Error(
      `${titleOf(route)} has the parameters [${inPath}] in its path, and [${inSchema}] in params: write the same names, in braces in the path.`,
    )
  if (refusal && inPath.length > 0) throw new Error(`${titleOf(route)} has parameters, so it can’t have a refusal.`)
}

/**
 * @param paths other paths that are served after the routes.
 * @throws {Error} if a route or a path gets no request, because an earlier route matches all of them.
 */
export const checkRoutes = (routes: readonly CheckedRoute[], paths: readonly string[]): void => {
  for (const [index, route] of routes.entries()) {
    const later = routes.slice(index + 1).find(({ method, path }) => method === route.method && matches(route, path))
    const hidden = later ? titleOf(later) : paths.find((path) => matches(route, path))
    if (hidden !== undefined)
      throw new Error(
        `${titleOf(route)} hides ${hidden} from requests: change its path, or put it after the other. The routes for operators, health, metrics and documents come last.`,
      )
  }
}

const titleOf = ({ method, path }: CheckedRoute): string => `${method.toUpperCase()} ${path}`

/** Whether the route matches every request for this path. */
const matches = (route: CheckedRoute, path: string): boolean => {
  const segments = path.split('/')
  const own = route.path.split('/')
  return own.length === segments.length && own.every((part, index) => isParameter(part) || part === segments[index])
}

const isParameter = (segment: string): boolean => /^\{\w+\}$/.test(segment)
