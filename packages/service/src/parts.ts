/** The parts that every service consists of, made and connected to each other. */
import { contentType, type ServiceModel, seal } from '@quadrille/events'
import { type Broker, type Participant, topologyOf } from '@quadrille/messaging'
import { deadLetterTable, Relay, retryTable } from '@quadrille/outbox'
import type { Logger } from 'pino'
import type { CommonConfig } from './config.ts'
import type { Context, ServiceDefinition } from './define.ts'
import { reactionsByType } from './fold.ts'
import { InFlight } from './in-flight.ts'
import { onceASecond } from './once-a-second.ts'
import { createReactor, type Reactor } from './reactor.ts'
import { createRecovery, type Recovery } from './recovery.ts'
import type { Storage } from './storage.ts'
import { createMetrics, type Metrics } from './telemetry/metrics.ts'
import { asDecoded } from './work.ts'

export interface Parts {
  readonly model: ServiceModel
  readonly config: CommonConfig
  readonly log: Logger
  readonly storage: Storage
  readonly participant: Participant
  readonly relay: Relay
  readonly reactor: Reactor
  readonly recovery: Recovery
  readonly metrics: Metrics
  readonly inFlight: InFlight
  readonly stopping: AbortController
}

export interface Ground {
  readonly config: CommonConfig
  readonly log: Logger
  readonly storage: Storage
  readonly broker: Broker
}

export const assemble = <State, Config>(
  { model, tables, reactions }: ServiceDefinition<State, Config>,
  { config, log, storage, broker }: Ground,
): Parts => {
  const { database, clock } = storage
  const stopping = new AbortController()
  const metrics = createMetrics(model.name)
  const recovery = createRecovery({ signal: stopping.signal })
  const participant = broker.join(topologyOf(model), {
    retries: retryTable(database),
    deadLetters: deadLetterTable(database),
  })
  const relay = new Relay({
    database,
    publisher: participant.publisher,
    service: model.name,
    contentType,
    countUpTo: config.OUTBOX_MAX,
    onError: onceASecond((err, step) => {
      if (!stopping.signal.aborted) log.warn({ err, step }, 'the relay will try again')
    }),
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
    recovery,
    onUnavailable: onceASecond((err) => log.warn({ err }, 'waiting for Postgres')),
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
    recovery,
    metrics,
    inFlight: new InFlight(),
    stopping,
  }
}

/** What the service's own code gets of it. */
export const contextOf = <Config>(parts: Parts, config: Config, caughtUp: () => boolean): Context<Config> => ({
  config,
  database: parts.storage.database,
  clock: parts.storage.clock,
  log: parts.log,
  gauge: parts.metrics.gauge,
  tell: async (message, trace) => {
    const sealed = seal(message, { service: parts.model.name, now: parts.storage.clock.now(), trace: trace ?? {} })
    const outcome = await parts.reactor({ decoded: asDecoded(sealed), patient: false })
    if (outcome.status === 'failed') throw outcome.error
  },
  outboxFull: () => parts.relay.backlog().rows >= parts.config.OUTBOX_MAX,
  caughtUp,
})
