/** The runtime of a service: its parts, created and connected. */

import { onceASecond } from '@quadrille/async'
import type { Language, ServiceModel } from '@quadrille/messages'
import {
  type Broker,
  type DeadLetter,
  type Participant,
  type QueuedAt,
  type ServiceTopology,
  type Stores,
  topologyOf,
  withWorkQueues,
} from '@quadrille/messaging'
import { Relay, retryTable } from '@quadrille/outbox'
import type { Logger } from 'pino'
import { createAttemptLog, type RecordAttempt } from '../attempts/attempt-log.ts'
import type { OnCommitted } from '../core/batch.ts'
import {
  createPostgresAvailability,
  type PostgresAvailability,
  type PostgresFaultReports,
} from '../core/postgres-availability.ts'
import type { Reactor } from '../core/reactor.ts'
import { createDeadLetters, type DeadLetters } from '../dead-letters/dead-letters.ts'
import { createDryRun } from '../dead-letters/dry-run.ts'
import { createDeadLetterMetrics, type DeadLetterMetrics } from '../dead-letters/metrics.ts'
import { deadLetterTable } from '../dead-letters/table/store.ts'
import { storeUnsendable } from '../dead-letters/table/unsendable.ts'
import { type Circuits, createCircuits, createHoldings, type Holdings } from '../delivery/circuits.ts'
import { InFlight } from '../delivery/in-flight.ts'
import { aboutMessage } from '../telemetry/about-message.ts'
import type { BatchLoad } from '../telemetry/load/batch-load.ts'
import { createMetrics, type Metrics } from '../telemetry/metrics.ts'
import { tracedPublisher, traceSending } from '../telemetry/traced-publishing.ts'
import { createTracing, type Tracing } from '../telemetry/tracing.ts'
import type { CommonConfig } from './config.ts'
import type { ServiceDefinition } from './define.ts'
import { openReactor } from './open-reactor.ts'
import type { Storage } from './storage.ts'

/** `State`: what the service's reactions work on. */
export interface Runtime<State = unknown> {
  readonly language: Language
  readonly model: ServiceModel
  readonly config: CommonConfig
  readonly log: Logger
  readonly storage: Storage
  readonly topology: ServiceTopology
  readonly participant: Participant
  readonly relay: Relay
  readonly reactor: Reactor<State>
  readonly batchLoad: Pick<BatchLoad, 'busyMs'>
  readonly deadLetters: DeadLetters
  readonly availability: PostgresAvailability
  readonly held: Holdings
  readonly circuits: Circuits
  readonly metrics: Metrics
  readonly deadLetterMetrics: DeadLetterMetrics
  readonly tracing: Tracing
  readonly inFlight: InFlight
  readonly recordAttempt: RecordAttempt
  readonly commitListeners: Set<OnCommitted<State>>
  /** Aborts when new requests should go to other instances. Everything goes on until the stop. */
  readonly leaving: AbortController
  /** Aborted when running work has had its time to finish, 4 s after a stop began: what still runs gives up. */
  readonly aborting: AbortController
}

/** The inputs of a runtime. */
export interface RuntimeOptions {
  readonly config: CommonConfig
  readonly log: Logger
  readonly storage: Storage
  readonly broker: Broker
  /** The work queues that the configuration serves. */
  readonly workQueues: readonly string[]
}

/**
 * Creates and connects the parts of a service. Nothing runs yet: the caller starts the relay, the consumers and the
 * jobs.
 */
export const createRuntime = <State, Config>(
  { language, model, tables, reactions }: ServiceDefinition<State, Config>,
  { config, log, storage, broker, workQueues }: RuntimeOptions,
): Runtime<State> => {
  const { database, clock } = storage
  const aborting = new AbortController()
  const inFlight = new InFlight()
  const metrics = createMetrics(model.name)
  const deadLetterMetrics = createDeadLetterMetrics(metrics.registry)
  const faultReports = reportPostgresFaults(log)
  const availability = createPostgresAvailability({ signal: aborting.signal, ...faultReports })
  const topology = withWorkQueues(topologyOf(model, language.services), workQueues)
  const onParked = reportDeadLetter({ language, log, deadLetterMetrics })
  const participant = broker.join(topology, openStores({ language, log, storage, topology, metrics, onParked }))
  const tracing = createTracing({ service: model.name, system: participant.system, now: clock.now })
  const relay = openRelay({ language, model, config, log, storage, participant, tracing, metrics, aborting, onParked })
  metrics.observeOutbox(() => relay.backlog())
  metrics.observeConnections(() => database.connections())
  const batchOptions = {
    language,
    service: model.name,
    model,
    reactions,
    database,
    relay,
    tables,
    publishVersions: { ...storage.publishVersions, ...config.PUBLISH_VERSIONS },
    now: clock.now,
  }
  const { reactor, batchLoad, commitListeners } = openReactor(batchOptions, {
    config,
    metrics,
    availability,
    tracing,
    faultReports,
  })
  const dryRun = createDryRun(batchOptions)
  return {
    language,
    model,
    config,
    log,
    storage,
    topology,
    participant,
    relay,
    reactor,
    batchLoad,
    deadLetters: openDeadLetters({ language, storage, topology, relay, deadLetterMetrics, dryRun }),
    availability,
    held: createHoldings(metrics),
    circuits: createCircuits(metrics),
    metrics,
    deadLetterMetrics,
    tracing,
    inFlight,
    recordAttempt: createAttemptLog({ sql: database, inFlight, onLost: reportLost(log) }),
    commitListeners,
    leaving: new AbortController(),
    aborting,
  }
}

const reportPostgresFaults = (log: Logger): PostgresFaultReports => ({
  onOutage: onceASecond((err: unknown) => log.warn({ err }, 'waiting for Postgres')),
  onStatementFault: onceASecond((err: unknown) =>
    log.warn({ err }, 'Postgres refuses or cancels a statement: its messages wait, others go on'),
  ),
})

const reportLost = (log: Logger) =>
  onceASecond((err: unknown) => log.warn({ err }, 'failed attempts of messages are not recorded'))

type DeadLetterParts = Pick<Runtime, 'language' | 'storage' | 'topology' | 'relay' | 'deadLetterMetrics'> &
  Pick<DeadLetters, 'dryRun'>

const openDeadLetters = ({
  language,
  storage,
  topology,
  relay,
  deadLetterMetrics,
  dryRun,
}: DeadLetterParts): DeadLetters =>
  createDeadLetters({
    language,
    topology,
    database: storage.database,
    dryRun,
    onReplayed: (count) => {
      deadLetterMetrics.replayed.inc(count)
      relay.sweepSoon() // replays are rows of the outbox that no batch has inserted
    },
    onDiscarded: () => deadLetterMetrics.discarded.inc(),
  })

type RelayParts = Pick<
  Runtime,
  'language' | 'model' | 'config' | 'log' | 'storage' | 'participant' | 'tracing' | 'metrics' | 'aborting'
> & { readonly onParked: (deadLetter: DeadLetter) => void }

const openRelay = ({
  language,
  model,
  config,
  log,
  storage,
  participant,
  tracing,
  metrics,
  aborting,
  onParked,
}: RelayParts): Relay =>
  new Relay({
    database: storage.database,
    publisher: tracedPublisher(participant.publisher, tracing),
    service: model.name,
    redactText: language.redactText,
    backlogLimit: config.OUTBOX_MAX,
    onSend: traceSending(tracing),
    storeUnsendable: storeUnsendable(model.name),
    onOverdue: () => metrics.overdue.inc(),
    onUnsendable: (deadLetters) => deadLetters.forEach(onParked),
    onError: onceASecond((err, step) => {
      if (!aborting.signal.aborted) log.warn({ err, step }, 'publishing from the outbox failed and will be tried again')
    }),
  })

const openStores = ({
  language,
  storage,
  onParked,
  ...options
}: DropParts & Pick<RelayParts, 'storage' | 'onParked'>): Stores => ({
  database: storage.name,
  retries: retryTable(storage.database),
  deadLetters: deadLetterTable(storage.database, onParked),
  redactText: language.redactText,
  onDropped: reportDropped({ ...options, language }),
})

type DropParts = Pick<Runtime, 'language' | 'log' | 'topology' | 'metrics'>

const reportDropped = ({ language, log, topology, metrics }: DropParts) => {
  if (!topology.essential) for (const { name: queue } of topology.queues) metrics.dropped.inc({ queue }, 0)
  const report = onceASecond((dropped: QueuedAt) =>
    log.warn(aboutMessage(dropped, language), 'a message was dropped because its queue is full'),
  )
  return (dropped: QueuedAt): void => {
    metrics.dropped.inc({ queue: dropped.queue })
    report(dropped)
  }
}

const reportDeadLetter =
  ({ language, log, deadLetterMetrics: metrics }: Pick<Runtime, 'language' | 'log' | 'deadLetterMetrics'>) =>
  ({ id, queue, reason, error, stack, attempts, message }: DeadLetter): void => {
    metrics.parked.inc({ queue, reason })
    const about = aboutMessage({ queue, message }, language)
    log.error({ deadLetterId: id, reason, error, stack, ...about, attempts }, 'a message became a dead letter')
  }
