/** The routes of the services, the audit and the demo control that the page may use. The console forwards these and no others. */
import { type ServiceName, serviceNames } from '@quadrille/events/service-names'
import type { TargetName } from './addresses.ts'

export interface ForwardedRoute {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly service: ServiceName
  /** As in the OpenAPI document of the service. The page reaches it under /api/SERVICE. */
  readonly path: string
  /** True if it is one of the admin endpoints, which may have an address of their own. Default: false. */
  readonly isAdmin?: boolean
}

/** Of every service. */
const adminRoutes: readonly ForwardedRoute[] = serviceNames.flatMap((service) => [
  { method: 'GET', service, path: '/whereabouts', isAdmin: true },
  { method: 'GET', service, path: '/attempts', isAdmin: true },
  { method: 'GET', service, path: '/operations', isAdmin: true },
  { method: 'POST', service, path: '/states', isAdmin: true },
  { method: 'GET', service, path: '/retries', isAdmin: true },
  { method: 'GET', service, path: '/queues', isAdmin: true },
  { method: 'GET', service, path: '/dead-letters', isAdmin: true },
  { method: 'GET', service, path: '/dead-letters/groups', isAdmin: true },
  { method: 'GET', service, path: '/dead-letters/{id}', isAdmin: true },
  { method: 'DELETE', service, path: '/dead-letters/{id}', isAdmin: true },
  { method: 'POST', service, path: '/dead-letters/{id}/replay', isAdmin: true },
])

export const forwardedRoutes: readonly ForwardedRoute[] = [
  ...adminRoutes,
  { method: 'GET', service: 'order', path: '/orders' },
  { method: 'GET', service: 'order', path: '/orders/{id}' },
  { method: 'GET', service: 'order', path: '/orders/{id}/events' },
  { method: 'GET', service: 'order', path: '/orders/{id}/diagnosis' },
  { method: 'POST', service: 'order', path: '/orders/{id}/cancel' },
  { method: 'GET', service: 'payment', path: '/payments/{orderId}' },
  { method: 'POST', service: 'payment', path: '/payments/{orderId}/refund' },
  { method: 'GET', service: 'inventory', path: '/reservations/{orderId}' },
]

/** They start an audit, which only reads, and change nothing in the shop. */
const auditRoutes = [
  { method: 'GET', service: 'audit', path: '/audit' },
  { method: 'POST', service: 'audit', path: '/audit' },
] as const

/** Of the demo control, which only `npm start` has. */
const demoRoutes = [
  { method: 'GET', service: 'demo', path: '/actions' },
  { method: 'POST', service: 'demo', path: '/actions/{action}' },
] as const

export interface ForwardedPath {
  readonly service: TargetName
  /** The path at the service. */
  readonly path: string
  readonly isAdmin: boolean
  /** The methods of the routes with this path. */
  readonly methods: readonly string[]
}

/**
 * A parameter of a path is the id of an order or of a dead letter, which are UUIDs, or the name of an action. So it resembles no other
 * route.
 */
const patternOf = (parameter: string): string =>
  parameter === '{action}' ? '[a-z]+(?:-[a-z]+)*' : '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}'

/** A route of a service, of the audit, or of the demo control. */
type AnyRoute = Omit<ForwardedRoute, 'service'> & Pick<ForwardedPath, 'service'>

const allRoutes: readonly AnyRoute[] = [...forwardedRoutes, ...auditRoutes, ...demoRoutes]

const patterns = [...Map.groupBy(allRoutes, ({ service, path }) => `/api/${service}${path}`)].map(([path, routes]) => ({
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, patternOf)}$`),
  methods: routes.map(({ method }) => method),
  service: routes[0]?.service,
  isAdmin: routes[0]?.isAdmin ?? false,
}))

/** The route of a path below /api. Undefined if the path is not forwarded. */
export const forwardedPath = (pathname: string): ForwardedPath | undefined => {
  const found = patterns.find(({ pattern }) => pattern.test(pathname))
  if (found?.service === undefined) return undefined
  const { service, methods, isAdmin } = found
  return { service, path: pathname.slice(`/api/${service}`.length), methods, isAdmin }
}
