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
import { createPostgresAvailability, type PostgresAvailability } from '../core/postgres-availability.ts'
import type { Reactor } from '../core/reactor.ts'
import { createDeadLetters, type DeadLetters } from '../dead-letters/dead-letters.ts'
import { createDryRun } from '../dead-letters/dry-run.ts'
import { createDeadLetterMetrics, type DeadLetterMetrics } from '../dead-letters/metrics.ts'
import { deadLetterTable, storeUnsendable } from '../dead-letters/table/store.ts'
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
  readonly metrics: Metrics
  readonly deadLetterMetrics: DeadLetterMetrics
  readonly tracing: Tracing
  readonly inFlight: InFlight
  readonly recordAttempt: RecordAttempt
  readonly commitListeners: Set<OnCommitted<State>>
  /** Aborts when new requests should go to other instances. Everything goes on until the stop. */
  readonly leaving: AbortController
  /** Aborted when running work has had its time to finish, 3 s after a stop began: what still runs gives up. */
  readonly aborting: AbortController
}

export interface RuntimeOptions {
  readonly config: CommonConfig
  readonly log: Logger
  readonly storage: Storage
  readonly broker: Broker
  /** The work queues that the configuration serves. */
  readonly workQueues: readonly string[]
}

/** Creates and connects the parts of a service. Nothing runs yet: the caller starts the relay, the consumers and the jobs. */
export const createRuntime = <State, Config>(
  { language, model, tables, reactions }: ServiceDefinition<State, Config>,
  { config, log, storage, broker, workQueues }: RuntimeOptions,
): Runtime<State> => {
  const { database, clock } = storage
  const aborting = new AbortController()
  const inFlight = new InFlight()
  const metrics = createMetrics(model.name)
  const parts = {
    language,
    model,
    config,
    log,
    storage,
    topology: withWorkQueues(topologyOf(model, language.services), workQueues),
    availability: createPostgresAvailability({ signal: aborting.signal, ...reportPostgresFaults(log) }),
    metrics,
    deadLetterMetrics: createDeadLetterMetrics(metrics.registry),
    aborting,
  }
  const participant = broker.join(parts.topology, openStores(parts))
  const tracing = createTracing({ service: model.name, system: participant.system, now: clock.now })
  const relay = openRelay(parts, participant, tracing)
  metrics.observeOutbox(() => relay.recentBacklog())
  metrics.observeConnections(() => database.connections())
  const batchOptions = {
    language,
    model,
    reactions,
    database,
    relay,
    tables,
    publishVersions: { ...storage.publishVersions, ...config.PUBLISH_VERSIONS },
    now: clock.now,
  }
  return {
    ...parts,
    participant,
    tracing,
    relay,
    ...openReactor(batchOptions, { ...parts, tracing }),
    deadLetters: createDeadLetters({ ...parts, relay }, createDryRun(batchOptions)),
    inFlight,
    recordAttempt: createAttemptLog({ sql: database, inFlight, onLost: reportLost(log) }),
    leaving: new AbortController(),
  }
}

/** The parts from which the participant and the relay are made. */
type Parts = Pick<
  Runtime,
  'language' | 'model' | 'config' | 'log' | 'storage' | 'topology' | 'metrics' | 'deadLetterMetrics' | 'aborting'
>

const reportPostgresFaults = (log: Logger) => ({
  onOutage: onceASecond((err: unknown) => log.warn({ err }, 'waiting for Postgres')),
  onStatementFault: onceASecond((err: unknown) =>
    log.warn({ err }, 'Postgres refuses or cancels a statement: its messages wait, others go on'),
  ),
})

const reportLost = (log: Logger) =>
  onceASecond((err: unknown) => log.warn({ err }, 'failed attempts of messages are not recorded'))

const openRelay = (parts: Parts, { publisher }: Participant, tracing: Tracing): Relay => {
  const { language, model, config, log, storage, aborting } = parts
  const onParked = reportDeadLetter(parts)
  return new Relay({
    database: storage.database,
    publisher: tracedPublisher(publisher, tracing),
    service: model.name,
    redactText: language.redactText,
    backlogLimit: config.OUTBOX_MAX,
    onSend: traceSending(tracing),
    storeUnsendable: storeUnsendable(model.name),
    onUnsendable: (deadLetters) => deadLetters.forEach(onParked),
    onError: onceASecond((err, step) => {
      if (!aborting.signal.aborted) log.warn({ err, step }, 'publishing from the outbox failed and will be tried again')
    }),
  })
}

const openStores = (parts: Parts): Stores => ({
  database: parts.storage.name,
  retries: retryTable(parts.storage.database),
  deadLetters: deadLetterTable(parts.storage.database, reportDeadLetter(parts)),
  redactText: parts.language.redactText,
  onDropped: reportDropped(parts),
})

const reportDropped = ({ language, log, topology, metrics }: Parts) => {
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
  ({ language, log, deadLetterMetrics: metrics }: Parts) =>
  ({ id, queue, reason, error, stack, attempts, message }: DeadLetter): void => {
    metrics.parked.inc({ queue, reason })
    const about = aboutMessage({ queue, message }, language)
    log.error({ deadLetterId: id, reason, error, stack, ...about, attempts }, 'a message became a dead letter')
  }
