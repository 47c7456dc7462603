import type { Desk } from '../dead-letters/desk.ts'
import { deadLetterRoutes } from '../dead-letters/routes.ts'
import type { Route } from '../http/route.ts'
import { getWhereabouts, type WhereaboutsOptions } from '../http/whereabouts.ts'

/** The routes that every service has beside its own. */
export const everyServicesRoutes = (options: WhereaboutsOptions & { readonly desk: Desk }): Route[] => [
  getWhereabouts(options),
  ...deadLetterRoutes(options.desk),
]
