import { refusedByBroker } from './problem.ts'
import type { Route } from './route.ts'

/**
 * Routes that answer 503 to all requests but reads, if the broker refuses this instance until a restart. Their events would be sent
 * only after that restart, and a wrong DATABASE_URL would store them in a copy of the right database.
 */
export const refuseChanges = (routes: readonly Route[], isRefused: () => boolean): Route[] =>
  routes.map((route) => {
    if (route.method === 'get') return route
    const handle: Route['handle'] = async (request) => {
      if (isRefused()) throw refusedByBroker
      return route.handle(request)
    }
    return { ...route, handle }
  })
