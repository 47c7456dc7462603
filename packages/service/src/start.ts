/** Brings a service to life, and back down again. */
import { checkHandlers, type MessageType, type ServiceModel } from '@quadrille/events'
import type { Broker } from '@quadrille/messaging'
import type { Logger } from 'pino'
import { type Environment, readServiceConfig } from './config.ts'
import { type Consumers, consumeAll } from './consumers.ts'
import type { ServiceDefinition, Wiring } from './define.ts'
import { createApp } from './http/app.ts'
import { createReady, live } from './http/health.ts'
import type { Route } from './http/route.ts'
import { type HttpServer, listen } from './http/server.ts'
import { getWhereabouts } from './http/whereabouts.ts'
import { assemble, contextOf, type Parts } from './parts.ts'
import { repeat } from './repeat.ts'
import { openStorage } from './storage.ts'
import type { Task } from './task.ts'
import { metricsPage } from './telemetry/metrics.ts'
import { within } from './within.ts'

export interface Surroundings {
  readonly broker: Broker
  readonly env: Environment
  readonly log: Logger
  /** Aborted to give up a start that still waits for Postgres. */
  readonly signal?: AbortSignal
}

export interface RunningService {
  readonly name: string
  readonly url: string
  /** Takes no more work, finishes what it holds, and lets go of Postgres, within 9 s. What isn't finished is done again later. */
  stop(): Promise<void>
}

const measureClockEveryMs = 10_000

/**
 * Starts a service. Resolves when it listens; the broker may come later. Where it can't, nothing of it stays.
 * @throws {ConfigError} with a line for each variable that is wrong.
 */
export const startService = async <State, Config>(
  definition: ServiceDefinition<State, Config>,
  { broker, env, log: rootLog, signal = new AbortController().signal }: Surroundings,
): Promise<RunningService> => {
  const { name } = definition.model
  const config = readServiceConfig(definition.config, env)
  const log = rootLog.child({ service: name })
  const storage = await openStorage({ service: name, config, migrations: definition.migrations, log, signal })
  const parts = assemble(definition, { config, log, storage, broker })
  const running: Running = {}
  try {
    const caughtUp = () => running.consumers?.caughtUp() ?? false
    const wiring = definition.wire?.(contextOf(parts, config, caughtUp)) ?? {}
    checkWiring(definition, wiring)
    await wiring.prepare?.()
    parts.relay.start()
    running.consumers = consumeAll(parts, wiring)
    running.jobs = runJobs(parts, wiring)
    const app = createApp({
      service: name,
      routes: [...(wiring.routes ?? []), ...everyServicesRoutes(parts, wiring)],
      operational: operational(definition, parts),
      maxInFlight: config.HTTP_MAX_IN_FLIGHT,
      log,
    })
    running.http = await listen(app, config.HOST, config.PORT)
    log.info({ url: running.http.url }, 'listening')
    return { name, url: running.http.url, stop: () => stop(parts, running) }
  } catch (error) {
    await stop(parts, running)
    throw error
  }
}

/** What has been started of a service. */
interface Running {
  consumers?: Consumers
  jobs?: Promise<unknown>
  http?: HttpServer
}

/** First nothing new; then what is in hand has its time, and after that is asked to give up; then the connections go. */
const stop = async (
  { inFlight, stopping, participant, relay, storage, log }: Parts,
  { consumers, jobs, http }: Running,
): Promise<void> => {
  const finish = async () => {
    await consumers?.stop()
    await inFlight.done()
  }
  await within(4_000, Promise.all([http?.stop(), finish()]))
  stopping.abort()
  await within(2_000, inFlight.done())
  await within(2_000, Promise.all([participant.leave(), relay.stop(), jobs]))
  await within(1_000, storage.database.end())
  log.info('stopped')
}

/** A service that doesn't do what its model says must not run. */
const checkWiring = <State, Config>(
  { model, reactions }: ServiceDefinition<State, Config>,
  { work = {} }: Wiring,
): void => {
  const types = reactions.map(({ type }) => type)
  const queues = new Set([...(model.work?.queues ?? []), ...Object.keys(work)])
  const violations = [
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

const runJobs = ({ log, storage, stopping }: Parts, { jobs = [] }: Wiring): Promise<unknown> => {
  const { signal } = stopping
  const clockJob = { name: 'measure the clock', everyMs: measureClockEveryMs, run: () => storage.clock.measure() }
  return Promise.all(
    [clockJob, ...jobs].map(({ name, everyMs, run }) =>
      repeat(run, {
        everyMs,
        signal,
        onError: (err) => log.warn({ err, job: name }, 'a job failed and is run again later'),
      }),
    ),
  )
}

const noOpenTasks = () => Promise.resolve([])

const everyServicesRoutes = ({ storage, model }: Parts, { openTasks = noOpenTasks }: Wiring): Route[] => [
  getWhereabouts({ sql: storage.database, model, openTasks }),
]

const operational = <State, Config>(
  { readyWithoutBroker = false }: ServiceDefinition<State, Config>,
  parts: Parts,
) => ({
  '/health/live': live,
  '/health/ready': createReady({
    askPostgres: () => parts.storage.database.query('select 1'),
    brokerFault: () => parts.participant.disconnected(),
    publishingWaitsFor: () => parts.participant.publisher.waitingFor(),
    readyWithoutBroker,
    outbox: () => ({ rows: parts.relay.backlog().rows, max: parts.config.OUTBOX_MAX }),
  }),
  '/metrics': metricsPage(parts.metrics.registry),
})
