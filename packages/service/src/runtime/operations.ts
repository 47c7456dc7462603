/** The operations interface of every service: health, metrics, dead letters, failed attempts and message status. */
import { onceASecond } from '@quadrille/async'
import type { DatabasePool } from '@quadrille/postgres'
import { getAttempts } from '../attempts/get-attempts.ts'
import type { DeadLetterService } from '../dead-letters/dead-letter-service.ts'
import { deadLetterRoutes } from '../dead-letters/http/routes.ts'
import { cachedCall } from '../http/cached-call.ts'
import { createReadiness, liveHandler, probeCacheMs, type Readiness, readyHandler } from '../http/health.ts'
import { metricsHandler } from '../http/metrics-handler.ts'
import type { Route } from '../http/route.ts'
import type { Operations } from '../http/serve.ts'
import type { MessageStatusOptions } from '../message-status/find-message-status.ts'
import { getMessageStatus } from '../message-status/message-status.ts'
import { getOperations } from '../operations/get-operations.ts'
import type { FoldEvents } from '../states/fold-events.ts'
import { postStates } from '../states/post-states.ts'
import type { ServiceDefinition, Wiring } from './define.ts'
import type { Runtime } from './runtime.ts'

interface OperatorOptions extends MessageStatusOptions {
  readonly deadLetters: DeadLetterService
  /** Undefined for a service that does not define how to fold its events. */
  readonly foldEvents: FoldEvents | undefined
}

/** The routes for operators, which every service has. */
export const operatorRoutes = (options: OperatorOptions): Route[] => [
  getMessageStatus(options),
  getAttempts(options.sql, options.language),
  ...deadLetterRoutes(options.deadLetters),
  getOperations(options.sql, options.language),
  ...(options.foldEvents ? [postStates(options.foldEvents)] : []),
]

const noOpenTasks = () => Promise.resolve([])
const nothingShown = () => Promise.resolve(new Map())

/** Reads the readiness of the service. Each call queries Postgres. */
export const readinessOf = <State, Config>(
  { readyWithoutBroker = false }: ServiceDefinition<State, Config>,
  { probe, participant, relay, config, log, held }: Runtime & { readonly probe: Pick<DatabasePool, 'query'> },
  { readiness: details = () => ({}) }: Wiring,
) =>
  createReadiness({
    pingPostgres: () => probe.query('select 1'),
    onPostgresFault: onceASecond((err: unknown) => log.warn({ err }, 'not ready: Postgres does not answer')),
    brokerFault: () => participant.disconnected(),
    publishingWaitsFor: () => participant.publisher.waitingFor(),
    readyWithoutBroker,
    outbox: () => ({ rows: relay.backlog().rows, max: config.OUTBOX_MAX }),
    details,
    held: () => Object.fromEntries(held),
  })

/** Routes and handlers of the operations interface. Readiness and metrics are shared by all callers for a second. */
export const operationsOf = (
  readiness: () => Promise<Readiness>,
  { language, storage, model, deadLetters, metrics, foldEvents }: Runtime & Pick<OperatorOptions, 'foldEvents'>,
  { openTasks = noOpenTasks, handled = nothingShown }: Wiring,
): Operations => {
  const probed = cachedCall(readiness, probeCacheMs)
  metrics.observeReady(async () => (await probed()).status !== 'not_ready')
  return {
    routes: operatorRoutes({ language, sql: storage.database, model, openTasks, handled, deadLetters, foldEvents }),
    handlers: {
      '/health/live': liveHandler,
      '/health/ready': readyHandler(probed),
      '/metrics': metricsHandler(metrics.registry),
    },
  }
}
