/** Brings a service to life, and back down again. */

import { onceASecond, repeat, within } from '@quadrille/async'
import { checkHandlers, choreography, type MessageType, type ServiceModel } from '@quadrille/events'
import type { Broker } from '@quadrille/messaging'
import { countParked, type ParkedCount } from '@quadrille/outbox'
import { type DatabasePool, openDatabase } from '@quadrille/postgres'
import type { Logger } from 'pino'
import type { Environment } from '../config/read-config.ts'
import { replayReadable } from '../dead-letters/replay-readable.ts'
import { type Consumers, consumeAll } from '../delivery/consumers.ts'
import type { Task } from '../delivery/task.ts'
import { createReadiness, live, probesSharedMs, type Readiness, readyPage } from '../http/health.ts'
import { type Operations, type Served, type Serving, serve } from '../http/serve.ts'
import { shared } from '../http/shared.ts'
import { version } from '../http/version.ts'
import { watchLoad } from '../telemetry/load/watch.ts'
import { metricsPage } from '../telemetry/metrics.ts'
import { readServiceConfig } from './config.ts'
import type { Job, ServiceDefinition, Wiring } from './define.ts'
import { everyServicesRoutes } from './operations.ts'
import { assemble, contextOf, type Parts } from './parts.ts'
import { retentionJobs } from './retention.ts'
import { openStorage } from './storage.ts'

export interface Surroundings {
  readonly broker: Broker
  readonly env: Environment
  readonly log: Logger
  /** Aborted to give up a start that still waits for Postgres. */
  readonly signal?: AbortSignal
  /** How often the load of the queues is sampled, ms; the figures are of the last three intervals. Default 5,000. */
  readonly sampleLoadEveryMs?: number
  /** How often messages of later versions are replayed that this version can read, ms. Default 60,000. */
  readonly replayReadableEveryMs?: number
  /** Where several services share a process: serves the operations of all of them, in place of ADMIN_PORT. */
  readonly admin?: Served['admin']
}

export interface RunningService {
  readonly name: string
  readonly url: string
  /** Of health, metrics, dead letters and whereabouts: `url`, unless ADMIN_PORT says otherwise. */
  readonly adminUrl: string
  /** What `/health/ready` answers. */
  readiness(): Promise<Readiness>
  /** Takes no more work, finishes what it holds, and lets go of Postgres, within 9 s. What isn't finished is done again later. */
  stop(): Promise<void>
}

/** Our own clock stands still while the machine sleeps; until the next measurement an order would seem placed before that. */
const measureClockEveryMs = 1_000
const countLettersEveryMs = 10_000

/**
 * Starts a service. Resolves when it listens; the broker may come later. Where it can't, nothing of it stays.
 * @throws {ConfigError} with a line for each variable that is wrong.
 */
export const startService = async <State, Config>(
  definition: ServiceDefinition<State, Config>,
  {
    broker,
    env,
    log: rootLog,
    signal = new AbortController().signal,
    sampleLoadEveryMs = 5_000,
    replayReadableEveryMs = 60_000,
    admin,
  }: Surroundings,
): Promise<RunningService> => {
  const { name } = definition.model
  const config = readServiceConfig(definition.config, env)
  const log = rootLog.child({ service: name })
  const storage = await openStorage({ service: name, config, migrations: definition.migrations, log, signal })
  const probe = openDatabase({
    url: config.DATABASE_URL,
    applicationName: `quadrille-${name}-readiness`,
    max: 1, // of its own: it must not wait behind the statements of the service
    onIdleError: () => undefined, // the next probe reports it
  })
  const workQueues = definition.workQueues?.(config) ?? definition.model.work?.queues ?? []
  const parts = assemble(definition, { config, log, storage, broker, workQueues })
  const running: Running = { probe }
  try {
    const catchingUp = () => (running.consumers ? running.consumers.catchingUp() : 'the service is starting')
    const wiring = definition.wire?.(contextOf(parts, config, catchingUp)) ?? {}
    checkWiring(definition, wiring, workQueues)
    await wiring.prepare?.()
    parts.relay.start()
    running.consumers = consumeAll(parts, wiring)
    const watching = watchLoad(running.consumers.all, { metrics: parts.metrics.load, everyMs: sampleLoadEveryMs })
    const jobs = [
      ...everyServicesJobs(parts),
      replayingReadable(parts, replayReadableEveryMs),
      ...watching,
      ...(wiring.jobs ?? []),
    ]
    running.jobs = runJobs(parts, jobs)
    const readiness = readinessOf(definition, { ...parts, probe }, wiring)
    running.http = await serve({
      service: name,
      config,
      log,
      routes: wiring.routes ?? [],
      operations: operationsOf(readiness, parts, wiring),
      asyncApi: makeAsyncApi,
      admin,
      onAnswer: parts.metrics.onAnswer,
    })
    const { url, adminUrl } = running.http
    log.info({ url, ...(adminUrl !== url && { adminUrl }) }, 'listening')
    return { name, url, adminUrl, readiness, stop: () => stop(parts, running) }
  } catch (error) {
    await stop(parts, running)
    throw error
  }
}

/** Loaded when somebody asks for it. */
const makeAsyncApi = async () => {
  const { asyncApi } = await import('@quadrille/events/asyncapi')
  return asyncApi(choreography, version)
}

/** What has been started of a service. */
interface Running {
  /** The connection by which readiness asks whether Postgres answers. */
  readonly probe: DatabasePool
  consumers?: Consumers
  jobs?: Promise<unknown>
  http?: Serving
}

/** First nothing new; then what is in hand has its time, and after that is asked to give up; then the connections go. */
const stop = async (
  { inFlight, stopping, participant, relay, storage, log }: Parts,
  { probe, consumers, jobs, http }: Running,
): Promise<void> => {
  const finish = async () => {
    await consumers?.stop()
    await inFlight.done()
  }
  await within(4_000, Promise.all([http?.stop(), finish()]))
  stopping.abort()
  await within(2_000, inFlight.done())
  await within(2_000, Promise.all([participant.leave(), relay.stop(), jobs]))
  await within(1_000, Promise.all([storage.database.end(), probe.end()]))
  log.info('stopped')
}

/** A service that doesn't do what its model says must not run. */
const checkWiring = <State, Config>(
  { model, reactions }: ServiceDefinition<State, Config>,
  { work = {} }: Wiring,
  workQueues: readonly string[],
): void => {
  const types = reactions.map(({ type }) => type)
  const queues = new Set([...workQueues, ...Object.keys(work)])
  const violations = [
    ...Object.keys(work)
      .filter((queue) => !workQueues.includes(queue))
      .map((queue) => `${model.name} has tasks for ${queue}, a queue which its configuration doesn't serve.`),
    ...(queues.size === 0 ? checkHandlers(model, { reactions: types, tasks: [] }) : []),
    ...[...queues].flatMap((queue) => checkQueue(model, { queue, types, tasks: work[queue] ?? [] })),
  ]
  if (violations.length > 0) throw new Error([...new Set(violations)].join('\n'))
}

interface Queue {
  readonly queue: string
  readonly types: readonly MessageType[]
  readonly tasks: readonly Task[]
}

/** Each of a service's work queues gets every one of its tasks. */
const checkQueue = (model: ServiceModel, { queue, types, tasks }: Queue): string[] => [
  ...(model.work?.queues.includes(queue)
    ? []
    : [`${model.name} has tasks for ${queue}, a queue which its model lacks.`]),
  ...checkHandlers(model, { reactions: types, tasks: tasks.map(({ type }) => type) }).map(
    (line) => `${queue}: ${line}`,
  ),
]

const runJobs = (parts: Parts, jobs: readonly Job[]): Promise<unknown> => {
  const { signal } = parts.stopping
  return Promise.all(
    jobs.map(({ name, everyMs, run }) =>
      repeat(run, {
        everyMs,
        signal,
        onError: (err) => parts.log.warn({ err, job: name }, 'a job failed and is run again later'),
      }),
    ),
  )
}

const everyServicesJobs = ({ storage, metrics, config }: Parts): Job[] => {
  let parked: ParkedCount[] = []
  metrics.letters.observe(() => parked)
  const countLetters = async () => {
    parked = await countParked(storage.database)
  }
  return [
    { name: 'measure the clock', everyMs: measureClockEveryMs, run: async () => void (await storage.clock.measure()) },
    { name: 'count the dead letters', everyMs: countLettersEveryMs, run: countLetters },
    ...retentionJobs(storage.database, config),
  ]
}

/** Again and again, as an instance of an older version parks messages of a later one for as long as it runs. */
const replayingReadable = ({ model, desk, log }: Parts, everyMs: number): Job => ({
  name: 'replay what can be read now',
  everyMs,
  run: replayReadable(desk, model.name, log),
})

const noOpenTasks = () => Promise.resolve([])
const nothingShown = () => Promise.resolve(new Map())

const readinessOf = <State, Config>(
  { readyWithoutBroker = false }: ServiceDefinition<State, Config>,
  { probe, participant, relay, config, log, held }: Parts & Pick<Running, 'probe'>,
  { readiness: details = () => ({}) }: Wiring,
) =>
  createReadiness({
    askPostgres: () => probe.query('select 1'),
    onPostgresFault: onceASecond((err: unknown) => log.warn({ err }, 'not ready: Postgres does not answer')),
    brokerFault: () => participant.disconnected(),
    publishingWaitsFor: () => participant.publisher.waitingFor(),
    readyWithoutBroker,
    outbox: () => ({ rows: relay.backlog().rows, max: config.OUTBOX_MAX }),
    details,
    held: () => Object.fromEntries(held),
  })

const operationsOf = (
  readiness: () => Promise<Readiness>,
  { storage, model, desk, metrics }: Parts,
  { openTasks = noOpenTasks, handled = nothingShown }: Wiring,
): Operations => {
  const probed = shared(readiness, probesSharedMs)
  metrics.observeReady(async () => (await probed()).status !== 'not_ready')
  return {
    routes: everyServicesRoutes({ sql: storage.database, model, openTasks, handled, desk }),
    handlers: {
      '/health/live': live,
      '/health/ready': readyPage(probed),
      '/metrics': metricsPage(metrics.registry),
    },
  }
}
