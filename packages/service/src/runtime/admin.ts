/** The admin endpoints of every service: health, metrics, queues, dead letters, failed attempts and the whereabouts. */
import { getAttempts } from '../attempts/get-attempts.ts'
import { getRetries } from '../attempts/get-retries.ts'
import type { DeadLetters } from '../dead-letters/dead-letters.ts'
import { deadLetterRoutes } from '../dead-letters/http/routes.ts'
import { cachedCall } from '../http/cached-call.ts'
import { isReady, liveHandler, probeCacheMs, type Readiness, readyHandler } from '../http/health.ts'
import { metricsHandler } from '../http/metrics-handler.ts'
import type { Route } from '../http/route.ts'
import type { Endpoints } from '../http/serve.ts'
import { getOperations } from '../operations/get-operations.ts'
import { getQueues, type QueueReport } from '../queues/get-queues.ts'
import { createQueueReport } from '../queues/queue-report.ts'
import type { FoldEvents } from '../states/fold-events.ts'
import { postStates } from '../states/post-states.ts'
import type { LoadSampler } from '../telemetry/load/samplers.ts'
import type { WhereaboutsOptions } from '../whereabouts/find-whereabouts.ts'
import { getWhereabouts } from '../whereabouts/get-whereabouts.ts'
import type { Wiring } from './define.ts'
import type { Runtime } from './runtime.ts'

interface AdminRouteOptions extends WhereaboutsOptions {
  readonly deadLetters: DeadLetters
  readonly readQueues: () => Promise<QueueReport>
  /** Undefined for a service that does not define how to fold its events. */
  readonly foldEvents: FoldEvents | undefined
}

export const adminRoutes = (options: AdminRouteOptions): Route[] =>
  [
    getWhereabouts(options),
    getAttempts(options.sql, options.language),
    getRetries(options.sql, options.language),
    getQueues(options.readQueues),
    ...deadLetterRoutes(options.deadLetters),
    getOperations(options.sql, options.language),
    ...(options.foldEvents ? [postStates(options.foldEvents)] : []),
  ].map((route) => ({ ...route, tag: 'operations' }))

const noOpenTasks = () => Promise.resolve([])
const noHandledEvents = () => Promise.resolve(new Map())

interface AdminOptions extends Runtime, Pick<AdminRouteOptions, 'foldEvents'> {
  readonly samplers: readonly LoadSampler[]
}

/** The admin endpoints of a service. Metrics and queues are shared by all callers for a second. */
export const createAdminEndpoints = (
  readiness: () => Promise<Readiness>,
  runtime: AdminOptions,
  { findOpenTasks = noOpenTasks, findHandledEvents = noHandledEvents }: Wiring,
): Endpoints => {
  const { storage, metrics } = runtime
  const readQueues = cachedCall(createQueueReport(runtime), probeCacheMs)
  metrics.observeReady(async () => isReady(await readiness()))
  return {
    routes: adminRoutes({ ...runtime, sql: storage.database, findOpenTasks, findHandledEvents, readQueues }),
    probes: {
      '/health/live': liveHandler,
      '/health/ready': readyHandler(readiness),
      '/metrics': metricsHandler(metrics.registry),
    },
  }
}
