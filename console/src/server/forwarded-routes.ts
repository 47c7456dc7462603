/** The routes of the services, the audit and the demo control that the page may use. The console forwards these and no others. */
import { serviceNames } from '@quadrille/events/service-names'
import type { TargetName } from './addresses.ts'

export interface ForwardedRoute {
  readonly service: TargetName
  /** As in the OpenAPI document of the service. The page reaches it under /api/SERVICE. */
  readonly path: string
  readonly methods: readonly string[]
  /** True if it is one of the admin endpoints, which may have an address of their own. */
  readonly isAdmin: boolean
}

/** Methods by paths. */
type Routes = Readonly<Record<string, readonly ('GET' | 'POST' | 'DELETE')[]>>

/** The admin endpoints of every service. */
const adminRoutes: Routes = {
  '/whereabouts': ['GET'],
  '/attempts': ['GET'],
  '/operations': ['GET'],
  '/states': ['POST'],
  '/retries': ['GET'],
  '/queues': ['GET'],
  '/dead-letters': ['GET'],
  '/dead-letters/groups': ['GET'],
  '/dead-letters/{id}': ['GET', 'DELETE'],
  '/dead-letters/{id}/replay': ['POST'],
}

const orderRoutes: Routes = {
  '/orders': ['GET'],
  '/orders/{id}': ['GET'],
  '/orders/{id}/events': ['GET'],
  '/orders/{id}/diagnosis': ['GET'],
  '/orders/{id}/cancel': ['POST'],
}

const paymentRoutes: Routes = { '/payments/{orderId}': ['GET'], '/payments/{orderId}/refund': ['POST'] }

/** A POST starts an audit, which only reads, and changes nothing in the shop. */
const auditRoutes: Routes = { '/audit': ['GET', 'POST'] }

/** Only `npm start` has a demo control. */
const demoRoutes: Routes = { '/actions': ['GET'], '/actions/{action}': ['POST'] }

const listed = (service: TargetName, routes: Routes, isAdmin = false): ForwardedRoute[] =>
  Object.entries(routes).map(([path, methods]) => ({ service, path, methods, isAdmin }))

export const forwardedRoutes: readonly ForwardedRoute[] = [
  ...serviceNames.flatMap((service) => listed(service, adminRoutes, true)),
  ...listed('order', orderRoutes),
  ...listed('payment', paymentRoutes),
  ...listed('inventory', { '/reservations/{orderId}': ['GET'] }),
  ...listed('audit', auditRoutes),
  ...listed('demo', demoRoutes),
]

/**
 * A parameter of a path is the id of an order or of a dead letter, which are UUIDs, or the name of an action. So it resembles no other
 * route.
 */
const patternOf = (parameter: string): string =>
  parameter === '{action}' ? '[a-z]+(?:-[a-z]+)*' : '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}'

const patterns = forwardedRoutes.map((route) => ({
  route,
  pattern: new RegExp(`^/api/${route.service}${route.path.replaceAll(/\{\w+\}/g, patternOf)}$`),
}))

/** The route of a path below /api, with its path at the service. Undefined if the path is not forwarded. */
export const forwardedRoute = (pathname: string): ForwardedRoute | undefined => {
  const route = patterns.find(({ pattern }) => pattern.test(pathname))?.route
  return route && { ...route, path: pathname.slice(`/api/${route.service}`.length) }
}
