import { refusedByBroker } from './problem.ts'
import type { Route } from './route.ts'

/**
 * The routes, of which those that may change something answer 503 while the broker refuses this instance until a restart: only after
 * that would their events be sent, and with a wrong DATABASE_URL they are in a copy.
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
