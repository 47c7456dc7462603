/** All services of the library. The order is that of their ports. */
import { type RunningService, type StartOptions, startService } from '@quadrille/service'
import { catalog } from './catalog/service.ts'
import type { Library } from './language/library.ts'
import { loans } from './loans/service.ts'
import { members } from './members/service.ts'

export type ServiceName = keyof Library['services']

/** Starts one of them. */
type Start = (options: StartOptions) => Promise<RunningService>

export const services: Readonly<Record<ServiceName, Start>> = {
  loans: (options) => startService(loans, options),
  catalog: (options) => startService(catalog, options),
  members: (options) => startService(members, options),
}
