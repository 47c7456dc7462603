import { within } from '@quadrille/async'
import type { Language } from '@quadrille/messages'
import type { Broker } from '@quadrille/messaging'
import { type DatabasePool, openDatabase } from '@quadrille/postgres'
import type { Logger } from 'pino'
import { type Environment, readConfig } from '../config/read-config.ts'
import { retryConflicts } from '../core/retry-conflicts.ts'
import { type Consumers, consumeAll } from '../delivery/consumers.ts'
import type { Readiness } from '../http/health.ts'
import { countResponses, countStreams } from '../http/metrics.ts'
import { refuseChanges } from '../http/refuse-changes.ts'
import { type HttpListeners, type ServeOptions, serve } from '../http/serve.ts'
import { version } from '../http/version.ts'
import { createAnswers } from '../questions/answer.ts'
import { createFoldEvents } from '../states/fold-events.ts'
import { createLoadSamplers } from '../telemetry/load/samplers.ts'
import { createAdminEndpoints } from './admin.ts'
import { moveRetriesJobs, recordBrokerInUse } from './change-of-broker.ts'
import { checkWorkQueues } from './check-work-queues.ts'
import { type CommonConfig, commonConfigOf, withOwnVariables } from './config.ts'
import { createContext } from './context.ts'
import type { ServiceDefinition } from './define.ts'
import { loadJobs, maintenanceJobs, replayReadableJob, runJobs, schemaJob } from './jobs.ts'
import { postgresTimeoutMs, readinessOf } from './readiness.ts'
import { createRuntime, type Runtime } from './runtime.ts'
import { openStorage, retryWhileUnreachable, type Storage } from './storage.ts'

export interface StartOptions extends Pick<ServeOptions, 'admin' | 'portVariable'> {
  readonly broker: Broker
  readonly env: Environment
  readonly log: Logger
  /** Aborts a start that still waits for Postgres. */
  readonly signal?: AbortSignal
  /** How often the load of the queues is sampled, ms. The metrics cover the last three intervals. Default 5,000. */
  readonly sampleLoadEveryMs?: number
  /** How often readable messages of later versions are replayed, ms. Default 60,000. */
  readonly replayReadableEveryMs?: number
  /**
   * Called if the service must not go on, because a newer version has applied a breaking migration, or because DATABASE_URL leads to
   * another database than at the start: the caller ends the process. Default: throws the error outside all promises, which ends the
   * process too.
   */
  readonly onFatal?: (error: Error) => void
}

export interface RunningService {
  readonly name: string
  readonly url: string
  /** The base URL of health, metrics, dead letters and the whereabouts of messages: `url`, unless ADMIN_PORT is set. */
  readonly adminUrl: string
  /** The content of `/health/ready`. */
  readiness(): Promise<Readiness>
  /** Sends clients to other instances: it is no longer ready, and closes each connection after its next response. It goes on working. */
  leave(): void
  /**
   * Stops accepting work, finishes running work, and closes the connections to Postgres, within 9 s. Unfinished work is
   * repeated later.
   */
  stop(): Promise<void>
}

/**
 * Starts a service. Resolves when it listens. The broker may become available later. If the start fails, everything is closed
 * again.
 * @throws {ConfigError} with a line for each wrong variable.
 */
export const startService = async <State, Config>(
  definition: ServiceDefinition<State, Config>,
  { env, ...options }: StartOptions,
): Promise<RunningService> => {
  const config = readConfig(withOwnVariables(commonConfigOf(definition.language), definition.config), env)
  return startConfigured(definition, { ...options, config })
}

interface ConfiguredOptions<Config> extends Omit<StartOptions, 'env'> {
  readonly config: CommonConfig & Config
}

/** As `startService`, with variables that were read before. */
export const startConfigured = async <State, Config>(
  definition: ServiceDefinition<State, Config>,
  {
    broker,
    config,
    log: rootLog,
    signal = new AbortController().signal,
    sampleLoadEveryMs = 5_000,
    replayReadableEveryMs = 60_000,
    onFatal = crash,
    ...serving
  }: ConfiguredOptions<Config>,
): Promise<RunningService> => {
  const { name } = definition.model
  const { language } = definition
  const log = rootLog.child({ service: name })
  const storage = await openStorage(definition, { config, log, signal, onFatal })
  const probe = openDatabase({
    url: config.DATABASE_URL,
    applicationName: `quadrille-${name}-readiness`,
    max: 1, // its own connection, so that it does not wait behind the statements of the service
    statementTimeoutMs: postgresTimeoutMs,
    lateAnswerMs: 0, // a check ends at the same time, so its connection is closed then; the next check opens a new one
    onIdleError: () => undefined, // the next probe reports it
  })
  const running: Running = { log, storage, probe }
  try {
    const workQueues = definition.workQueues?.(config) ?? definition.model.work?.queues ?? []
    const runtime = createRuntime(definition, { config, log, storage, broker, workQueues })
    running.runtime = runtime
    const catchingUp = () => (running.consumers ? running.consumers.catchingUp() : 'the service is starting')
    const wiring = definition.wire?.(createContext(runtime, config, catchingUp)) ?? {}
    checkWorkQueues(wiring, workQueues)
    const prepare = async () => {
      const brokerChangedForMs = await recordBrokerInUse(runtime)
      await wiring.prepare?.(signal)
      return brokerChangedForMs
    }
    const brokerChangedForMs = await retryWhileUnreachable({ config, log, signal }, () => retryConflicts(prepare))
    runtime.relay.start()
    running.consumers = consumeAll({ ...runtime, lingering: definition.lingering, brokerChangedForMs }, wiring.work)
    if (wiring.answers) runtime.participant.answer(createAnswers(runtime, wiring.answers))
    const samplers = createLoadSamplers(running.consumers.all, runtime.metrics.load)
    running.jobs = runJobs(runtime, [
      ...maintenanceJobs(runtime),
      replayReadableJob(runtime, replayReadableEveryMs),
      ...moveRetriesJobs(runtime),
      schemaJob(runtime, onFatal),
      ...loadJobs(samplers, sampleLoadEveryMs),
      ...(wiring.jobs ?? []),
    ])
    const readiness = readinessOf(definition, { ...runtime, probe, consumers: running.consumers.all }, wiring)
    const routes = refuseChanges(wiring.routes ?? [], () => runtime.participant.isRefused())
    running.http = await serve({
      ...serving,
      service: name,
      config,
      log,
      routes,
      adminEndpoints: createAdminEndpoints(
        readiness,
        { ...runtime, samplers, foldEvents: createFoldEvents(definition) },
        wiring,
      ),
      asyncApi: () => makeAsyncApi(language),
      onResponse: countResponses(runtime.metrics.registry, routes),
      onStream: countStreams(runtime.metrics.registry),
    })
    const { url, adminUrl } = running.http
    log.info({ url, ...(adminUrl !== url && { adminUrl }) }, 'listening')
    const leave = () => {
      runtime.leaving.abort()
      running.http?.leave()
    }
    return { name, url, adminUrl, readiness, leave, stop: () => stop(running) }
  } catch (error) {
    await stop(running)
    throw error
  }
}

const crash = (error: Error): void =>
  queueMicrotask(() => {
    throw error
  })

/** Loaded at the first request. */
const makeAsyncApi = async (language: Language) => {
  const { asyncApiDocument } = await import('@quadrille/messages/generate')
  return asyncApiDocument(language, version)
}

interface Running {
  readonly log: Logger
  readonly storage: Storage
  readonly probe: DatabasePool
  runtime?: Pick<Runtime, 'inFlight' | 'aborting' | 'participant' | 'relay'>
  consumers?: Consumers
  jobs?: Promise<unknown>
  http?: HttpListeners
}

const stop = async ({ log, storage, probe, runtime, ...work }: Running): Promise<void> => {
  if (runtime) await endWork(runtime, work)
  await within(1_000, Promise.all([storage.database.end(), probe.end()]))
  log.info('stopped')
}

/** Stops accepting work, waits for running work, and then aborts it. */
const endWork = async (
  { inFlight, aborting, participant, relay }: NonNullable<Running['runtime']>,
  { consumers, jobs, http }: Pick<Running, 'consumers' | 'jobs' | 'http'>,
): Promise<void> => {
  const finish = async () => {
    await consumers?.stop()
    await inFlight.done()
  }
  await within(3_000, Promise.all([http?.stop(), finish()]))
  aborting.abort()
  await within(2_000, inFlight.done())
  await within(2_000, Promise.all([participant.leave(), relay.stop(), jobs]))
}
