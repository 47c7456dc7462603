/** Brings a service to life: configuration, database, broker, reactions, tasks, jobs and HTTP; and back down again. */
import { checkHandlers, contentType, seal } from '@quadrille/events'
import { type Broker, type Consumer, type Delivery, inboxOf, type Participant, topologyOf } from '@quadrille/messaging'
import { Relay, retryTable } from '@quadrille/outbox'
import type { Logger } from 'pino'
import { z } from 'zod'
import { type CommonConfig, commonConfig, type Environment, readConfig } from './config.ts'
import type { Context, ServiceDefinition, Wiring } from './define.ts'
import { reactionsByType } from './fold.ts'
import { createApp } from './http/app.ts'
import { createReady, live } from './http/health.ts'
import { listen } from './http/server.ts'
import { InFlight } from './in-flight.ts'
import { createInbox } from './inbox.ts'
import { createReactor, type Reactor } from './reactor.ts'
import { repeat } from './repeat.ts'
import { openStorage, type Storage } from './storage.ts'
import { createMetrics, type Metrics, metricsPage } from './telemetry/metrics.ts'
import { asDecoded, createWorker } from './work.ts'

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
  /** Takes no more work, finishes what it holds, and lets go of Postgres. What isn't finished in time is done again later. */
  stop(): Promise<void>
}

/** How long a stop waits for messages and tasks in hand, ms. */
const finishWithinMs = 6_000
const measureClockEveryMs = 10_000

/**
 * Starts a service. Resolves when it listens; the broker may come later.
 * @throws {ConfigError} with a line for each variable that is wrong.
 */
export const startService = async <State, Config>(
  definition: ServiceDefinition<State, Config>,
  { broker, env, log: rootLog, signal = new AbortController().signal }: Surroundings,
): Promise<RunningService> => {
  const { name } = definition.model
  const config = readConfig(z.intersection(commonConfig, definition.config), env)
  const log = rootLog.child({ service: name })
  const storage = await openStorage({ service: name, config, migrations: definition.migrations, log, signal })
  const parts = assemble(definition, { config, log, storage, broker })
  const wiring = definition.wire?.(contextOf(parts, config)) ?? {}
  checkWiring(definition, wiring)
  await wiring.prepare?.()
  const { relay, stopping, inFlight } = parts
  relay.start()
  const consumers = [consumeInbox(parts), ...consumeWork(parts, wiring)]
  parts.caughtUp = () => consumers[0]?.caughtUp() ?? false
  const jobs = startJobs(parts, wiring)
  const http = await listen(
    createApp({ service: name, routes: wiring.routes ?? [], operational: operational(definition, parts), log }),
    config.HOST,
    config.PORT,
  )
  log.info({ url: http.url }, 'listening')

  return {
    name,
    url: http.url,
    stop: async () => {
      await Promise.all([http.stop(), ...consumers.map((consumer) => consumer.stop())])
      await inFlight.done(finishWithinMs)
      stopping.abort()
      await Promise.all([parts.participant.leave(), relay.stop(), jobs])
      await storage.database.end()
      log.info('stopped')
    },
  }
}

/** The running parts of a service, wired together. */
interface Parts {
  readonly model: ServiceDefinition<never, never>['model']
  readonly config: CommonConfig
  readonly log: Logger
  readonly storage: Storage
  readonly participant: Participant
  readonly relay: Relay
  readonly reactor: Reactor
  readonly metrics: Metrics
  readonly inFlight: InFlight
  readonly stopping: AbortController
  caughtUp: () => boolean
}

const assemble = <State, Config>(
  { model, tables, reactions }: ServiceDefinition<State, Config>,
  { config, log, storage, broker }: { config: CommonConfig; log: Logger; storage: Storage; broker: Broker },
): Parts => {
  const { database, clock } = storage
  const stopping = new AbortController()
  const metrics = createMetrics(model.name)
  const participant = broker.join(topologyOf(model), retryTable(database))
  const relay = new Relay({
    database,
    publisher: participant.publisher,
    service: model.name,
    contentType,
    countUpTo: config.OUTBOX_MAX,
    onError: (err, step) => log.warn({ err, step }, 'the relay will try again'),
  })
  metrics.observeOutbox(() => relay.backlog())
  const reactor = createReactor({
    service: model.name,
    model,
    reactions: reactionsByType(reactions),
    database,
    relay,
    tables,
    publishVersions: config.PUBLISH_VERSIONS,
    maxSize: config.BATCH_MAX,
    now: clock.now,
    stopping: stopping.signal,
    onUnavailable: (err) => log.warn({ err }, 'waiting for Postgres'),
    onBatch: (size) => metrics.batchSize.observe(size),
  })
  return {
    model,
    config,
    log,
    storage,
    participant,
    relay,
    reactor,
    metrics,
    inFlight: new InFlight(),
    stopping,
    caughtUp: () => false,
  }
}

const contextOf = <Config>(parts: Parts, config: Config): Context<Config> => ({
  config,
  database: parts.storage.database,
  clock: parts.storage.clock,
  log: parts.log,
  tell: async (message, trace) => {
    const sealed = seal(message, { service: parts.model.name, now: parts.storage.clock.now(), trace: trace ?? {} })
    const outcome = await parts.reactor({ decoded: asDecoded(sealed), patient: false })
    if (outcome.status === 'failed') throw outcome.error
  },
  outboxFull: () => parts.relay.backlog().rows >= parts.config.OUTBOX_MAX,
  caughtUp: () => parts.caughtUp(),
})

/** A service that doesn't do what its model says must not run. */
const checkWiring = <State, Config>(
  { model, reactions }: ServiceDefinition<State, Config>,
  { work = {} }: Wiring,
): void => {
  const tasks = new Set(Object.values(work).flatMap((queue) => queue.map(({ type }) => type)))
  const queues = [...(model.work?.queues ?? [])]
  const violations = [
    ...checkHandlers(model, { reactions: reactions.map(({ type }) => type), tasks: [...tasks] }),
    ...queues.filter((queue) => !work[queue]).map((queue) => `${model.name} has no tasks for its queue ${queue}.`),
  ]
  if (violations.length > 0) throw new Error(violations.join('\n'))
}

const consumeInbox = (parts: Parts): Consumer => {
  const consumed = new Set<string>(parts.model.consumes) // what is internal never comes from outside
  const handle = createInbox({
    consumes: (type) => consumed.has(type),
    reactor: parts.reactor,
    onIgnored: ({ message }) => parts.metrics.messages.inc({ type: message.type, outcome: 'ignored' }),
    onHandled: ({ message }, outcome) => parts.metrics.messages.inc({ type: message.type, outcome }),
    onFailure: reportFailure(parts, inboxOf(parts.model.name)),
  })
  return consume(parts, inboxOf(parts.model.name), { prefetch: parts.config.PREFETCH, handle })
}

const consumeWork = (parts: Parts, { work = {} }: Wiring): Consumer[] =>
  Object.entries(work).map(([queue, tasks]) => {
    const handle = createWorker({
      service: parts.model.name,
      tasks,
      reactor: parts.reactor,
      now: parts.storage.clock.now,
      stopping: parts.stopping.signal,
      onFailure: reportFailure(parts, queue),
    })
    return consume(parts, queue, { prefetch: parts.config.TASK_CONCURRENCY, handle })
  })

const consume = (
  { participant, inFlight }: Parts,
  queue: string,
  { prefetch, handle }: { prefetch: number; handle: (delivery: Delivery) => Promise<void> },
): Consumer => participant.consume(queue, (delivery) => inFlight.add(handle(delivery)), { prefetch })

const reportFailure =
  ({ log, metrics }: Parts, queue: string) =>
  (delivery: Delivery, err: Error, delayMs: number) => {
    const { type, id, correlationId } = delivery.message
    metrics.retries.inc({ queue })
    log.warn(
      { err, queue, type, messageId: id, orderId: correlationId, attempts: delivery.attempts + 1, delayMs },
      'a message failed and comes back later',
    )
  }

const startJobs = ({ log, storage, stopping }: Parts, { jobs = [] }: Wiring): Promise<unknown> => {
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
