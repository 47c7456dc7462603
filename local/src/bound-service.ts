/** Hides the types of a service's definition, so that all services can be handled alike. */
import {
  type OnCommitted,
  type RunningService,
  type ServiceDefinition,
  type StartOptions,
  startService,
} from '@quadrille/service'

interface BoundStartOptions extends StartOptions {
  /** Called with the steps of each committed batch, before the service's own listeners. Must not throw. Default: ignored. */
  readonly onCommitted?: OnCommitted<unknown> | undefined
}

/** A definition without its type parameters, so that all services have one type. */
export interface BoundService extends Pick<ServiceDefinition<unknown, unknown>, 'language' | 'model' | 'migrations'> {
  readonly config: ServiceDefinition<unknown, unknown>['config']
  /** The tables in which each row belongs to one subject. The first one has a row for each order. */
  readonly ownRows: ServiceDefinition<unknown, unknown>['tables']['ownRows']
  /** The port under `npm start`, unless a variable sets another. */
  readonly defaultPort: number
  start(options: BoundStartOptions): Promise<RunningService>
  /** Calls a generic function with the typed definition. */
  apply<Result>(use: <State, Config>(definition: ServiceDefinition<State, Config>) => Result): Result
}

export const bind = <State, Config>(
  definition: ServiceDefinition<State, Config>,
  { defaultPort }: Pick<BoundService, 'defaultPort'>,
): BoundService => ({
  language: definition.language,
  model: definition.model,
  migrations: definition.migrations,
  config: definition.config,
  ownRows: definition.tables.ownRows,
  defaultPort,
  start: ({ onCommitted, ...options }) =>
    startService(onCommitted ? listenedTo<State, Config>(definition, onCommitted) : definition, options),
  apply: (use) => use(definition),
})

/** The same service, with a listener to its commits. */
const listenedTo = <State, Config>(
  definition: ServiceDefinition<State, Config>,
  onCommitted: OnCommitted<State>,
): ServiceDefinition<State, Config> => ({
  ...definition,
  wire: (context) => {
    context.afterCommit(onCommitted)
    return definition.wire?.(context) ?? {}
  },
})
