/** Binds each service of the choreography to its definition. A new service of the shop is added here. */
import type { ServiceName } from '@quadrille/events'
import { inventory } from '@quadrille/inventory'
import { notification } from '@quadrille/notification'
import { order } from '@quadrille/order'
import { payment } from '@quadrille/payment'
import { type RunningService, type ServiceDefinition, type StartOptions, startService } from '@quadrille/service'

/** What can be done with a definition whose state and configuration are unknown. */
export interface BoundService extends Pick<ServiceDefinition<unknown, unknown>, 'model' | 'migrations'> {
  readonly config: ServiceDefinition<unknown, unknown>['config']
  /** The tables whose rows belong to one order each. */
  readonly ownRows: ServiceDefinition<unknown, unknown>['tables']['ownRows']
  /** Where it listens under `npm start`, unless a variable says otherwise. */
  readonly defaultPort: number
  start(options: StartOptions): Promise<RunningService>
  /** Applies a generic function to the definition itself. */
  apply<Result>(use: <State, Config>(definition: ServiceDefinition<State, Config>) => Result): Result
}

const bind = <State, Config>(
  definition: ServiceDefinition<State, Config>,
  { defaultPort }: Pick<BoundService, 'defaultPort'>,
): BoundService => ({
  model: definition.model,
  migrations: definition.migrations,
  config: definition.config,
  ownRows: definition.tables.ownRows,
  defaultPort,
  start: (options) => startService(definition, options),
  apply: (use) => use(definition),
})

export const definitions: Readonly<Record<ServiceName, BoundService>> = {
  order: bind(order, { defaultPort: 3000 }),
  payment: bind(payment, { defaultPort: 3001 }),
  inventory: bind(inventory, { defaultPort: 3002 }),
  notification: bind(notification, { defaultPort: 3003 }),
}
