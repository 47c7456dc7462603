/** Describes a service without starting it, for documents and checks. */
import type { Registry } from 'prom-client'
import { createDeadLetterMetrics } from '../dead-letters/metrics.ts'
import { countResponses, countStreams } from '../http/metrics.ts'
import type { Route } from '../http/route.ts'
import { createAnsweringMetrics, createAskingMetrics } from '../questions/metrics.ts'
import { createFoldEvents } from '../states/fold-events.ts'
import { createLogger } from '../telemetry/log.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { processRegistry } from '../telemetry/process-metrics.ts'
import { adminRoutes } from './admin.ts'
import type { ServiceDefinition } from './define.ts'

export interface MetricDescription {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly labels: readonly string[]
}

export interface ServiceDescription {
  /** Its own routes, then the common ones. Their handlers must not be called. */
  readonly routes: readonly Route[]
  /** The common metrics, then its own. */
  readonly metrics: readonly MetricDescription[]
}

const never = () => Promise.reject(new Error('The service was described, not started.'))

/**
 * Wires the service without any resources, so its functions must not be called.
 * @throws {Error} if a variable of its own is required.
 */
export const describeService = <State, Config>(definition: ServiceDefinition<State, Config>): ServiceDescription => {
  const { language, model, config, wire } = definition
  const metrics = createMetrics(model.name)
  observeAll(metrics)
  countResponses(metrics.registry, [])
  countStreams(metrics.registry)
  createDeadLetterMetrics(metrics.registry).observe(() => [])
  if (model.asks?.length) createAskingMetrics(metrics.registry, model.asks, () => 0)
  if (model.answers?.length) createAnsweringMetrics(metrics.registry)
  const database = { query: never, transaction: never, end: never }
  const wiring = wire?.({
    config: withoutVariables(model.name, config),
    database,
    clock: { now: () => new Date(0), measure: never, wentAhead: () => false },
    log: createLogger('silent', language),
    registry: metrics.registry,
    gauge: metrics.gauge,
    dispatch: never,
    ask: never,
    outboxFull: () => false,
    catchingUp: () => null,
    waitsForPostgres: () => false,
    afterCommit: () => undefined,
  })
  const deadLetters = { language, database, canReplay: () => false, dryRun: never, replay: never, discard: never }
  return {
    routes: [
      ...(wiring?.routes ?? []),
      ...adminRoutes({
        language,
        sql: database,
        model,
        findOpenTasks: never,
        findHandledEvents: never,
        deadLetters,
        readQueues: never,
        foldEvents: createFoldEvents(definition),
      }),
    ],
    metrics: described(metrics.registry),
  }
}

const withoutVariables = <Config>(service: string, config: ServiceDefinition<unknown, Config>['config']): Config => {
  const { data, error } = config.safeParse({})
  if (!error) return data
  const names = error.issues.map(({ path }) => path.join('.')).join(', ')
  throw new Error(
    `${service} requires ${names}. Documents are generated without an environment, so make each optional, or give it a default.`,
  )
}

/** The metrics of the process, which all services in it share. */
export const describeProcessMetrics = (): readonly MetricDescription[] => described(processRegistry())

/** Registers the metrics that are read on request. */
const observeAll = ({ load, ...metrics }: ReturnType<typeof createMetrics>) => {
  load.observe(() => [])
  metrics.observeJobs(() => [])
  metrics.observeCircuits(() => [])
  metrics.observeHeld(() => [])
  metrics.observeReady(never)
  metrics.observeConnections(() => ({ open: 0, busy: 0, waiting: 0 }))
  metrics.observeOutbox(() => ({ rows: 0, oldestAgeMs: 0 }))
}

const described = (registry: Registry): MetricDescription[] =>
  registry.getMetricsAsArray().map((metric) => ({
    name: metric.name,
    type: String(metric.type),
    help: metric.help,
    labels: 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames.map(String) : [],
  }))
