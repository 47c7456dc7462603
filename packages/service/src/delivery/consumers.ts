/** The consumers of a service: one for its inbox, and one for each of its work queues, each with its list of policies. */
import { onceASecond } from '@quadrille/async'
import { inboxTypes, type Language, type ServiceModel } from '@quadrille/messages'
import { inboxOf, type Participant } from '@quadrille/messaging'
import type { Database } from '@quadrille/postgres'
import type { PostgresAvailability } from '../core/postgres-availability.ts'
import type { Reactor } from '../core/reactor.ts'
import { aboutMessage } from '../telemetry/about-message.ts'
import type { BatchLoad } from '../telemetry/load/batch-load.ts'
import { createLagMeter } from '../telemetry/load/lag-meter.ts'
import type { MonitoredConsumer } from '../telemetry/load/samplers.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import { awaitPermitOf } from './await-permit.ts'
import { type CatchingUpOptions, catchingUp } from './catching-up.ts'
import { watchCommonFaults, watchExternalSystem } from './circuits.ts'
import { consumeQueue, type QueueConsumerOptions } from './consumer.ts'
import { createFailures, type Failures, type FailuresOptions } from './failures.ts'
import type { InFlight } from './in-flight.ts'
import type { Incoming } from './incoming.ts'
import type { LingerOptions } from './lingering.ts'
import { oldestTime } from './oldest-time.ts'
import type { Failed } from './outcome.ts'
import { performTasks } from './perform-tasks.ts'
import { createPermits, rateLimitsOf } from './permits.ts'
import { breakCircuit, confirmCircuit } from './policies/break-circuit.ts'
import { checkEvents, checkTasks } from './policies/check-messages.ts'
import { holdCommonFaults } from './policies/common-fault.ts'
import { countMessages } from './policies/count-messages.ts'
import { isolatePoisonMessages, isSuspect } from './policies/poison-messages/isolate.ts'
import { skipLost } from './policies/skip-lost.ts'
import { trace } from './policies/trace.ts'
import { waitForPostgres } from './policies/wait-for-postgres.ts'
import { withPolicies } from './policy.ts'
import { reactTo } from './react.ts'
import { createSlotMeter } from './slot-meter.ts'
import type { WorkQueue } from './task.ts'

export interface ConsumersOptions
  extends Omit<FailuresOptions, 'metrics'>,
    Pick<CatchingUpOptions, 'brokerChangedForMs'> {
  readonly metrics: Metrics
  readonly language: Language
  readonly model: ServiceModel
  readonly config: FailuresOptions['config'] &
    Readonly<Record<'PREFETCH' | 'LINGER_MS' | 'TASK_CONCURRENCY', number>> & {
      readonly TASK_RATE?: number | undefined
    }
  /** Consumed events that may wait up to LINGER_MS, so that several share a transaction. */
  readonly lingering: readonly string[] | undefined
  readonly storage: { readonly database: Database; readonly clock: { readonly now: () => Date } }
  readonly participant: Participant
  readonly reactor: Reactor
  readonly batchLoad: Pick<BatchLoad, 'busyMs'>
  readonly availability: PostgresAvailability
  readonly tracing: Tracing
  readonly inFlight: InFlight
  /** Aborted when running work has had its time to finish, 3 s after a stop began. */
  readonly aborting: AbortController
}

export interface Consumers {
  readonly all: readonly MonitoredConsumer[]
  /**
   * Null if the inbox is connected, what waited in it when it connected has been handled, its messages are not held, Postgres and
   * the broker have been available for a while, and the broker was not changed lately. Otherwise the reason.
   */
  catchingUp(): string | null
  /** Stops deliveries, and returns tasks that wait for a permit. Other unsettled ones may still be settled. */
  stop(): Promise<unknown>
}

/** @param work the work queues, by name. */
export const consumeAll = (options: ConsumersOptions, work: Readonly<Record<string, WorkQueue>> = {}): Consumers => {
  const stopping = new AbortController()
  const inbox = consumeInbox(options)
  const queues = Object.entries(work).map(([queue, wired]) =>
    consumeTasks(options, queue, { ...wired, stopping: stopping.signal }),
  )
  const all = [inbox, ...queues]
  options.metrics.observeHeld(() => all.map(({ queue, heldFor }) => [queue, Number(heldFor() !== null)]))
  options.metrics.observeCircuits(() => queues.map(({ queue, circuitOpen }) => [queue, Number(circuitOpen())]))
  return {
    all,
    catchingUp: () => catchingUp(inbox, options),
    stop: () => {
      stopping.abort()
      return Promise.all(all.map(({ consumer }) => consumer.stop()))
    },
  }
}

/** Deliveries that arrive together are handled together. The reactor forms the transactions, one after the other in each lane. */
const consumeInbox = (options: ConsumersOptions): MonitoredConsumer => {
  const { language, model, config, log, metrics, tracing, storage, reactor, availability, aborting } = options
  const queue = inboxOf(model.name)
  const failures = createFailures(options, queue)
  const { breaker, ...holding } = watchCommonFaults(log, queue)
  const policies = [
    skipLost,
    waitForPostgres(availability, aborting.signal),
    holdCommonFaults(breaker, isLast(failures)),
    isolatePoisonMessages({ ...options, queue, database: storage.database }),
    countMessages({ metrics, language, now: storage.clock.now }),
    checkEvents(options),
    trace(tracing, queue),
  ]
  return {
    ...consume(options, queue, {
      prefetch: config.PREFETCH,
      isAlone: isSuspect,
      linger: lingerOf(options),
      handle: withPolicies(policies, reactTo(reactor)),
      failures,
    }),
    ...holding,
    busyMs: options.batchLoad.busyMs,
    circuitOpen: () => false,
  }
}

const isLast =
  ({ verdictOn }: Failures) =>
  (incoming: Incoming, failed: Failed): boolean =>
    verdictOn(incoming, failed).next === 'park'

/** The part of the prefetch that lingering deliveries may take, so that others still arrive. */
const lingeringShare = 1 / 4

/**
 * A message that was tried before does not linger. One of a type that the service does not consume, which a fanout brings as well,
 * does: it would otherwise end the wait of others for nothing.
 */
const lingerOf = ({ config, model, lingering = [] }: ConsumersOptions): LingerOptions | undefined => {
  if (config.LINGER_MS === 0 || lingering.length === 0) return undefined
  const types = new Set(lingering)
  const consumed = new Set<string>(inboxTypes(model))
  const mayLinger = (incoming: Incoming) => {
    const { type } = incoming.delivery.message
    return incoming.lane() === 'first' && incoming.backoffs === 0 && (types.has(type) || !consumed.has(type))
  }
  return { maxMs: config.LINGER_MS, maxCount: Math.ceil(config.PREFETCH * lingeringShare), mayLinger }
}

interface WiredQueue extends WorkQueue {
  /** Aborted when the consumers stop. Tasks that wait for a permit do not delay the end of the service. */
  readonly stopping: AbortSignal
}

/** Each task is a batch of its own, and several are performed at a time, so a slow task does not delay the others. */
const consumeTasks = (
  options: ConsumersOptions,
  queue: string,
  { tasks: byType, rate, concurrency: own, stopping }: WiredQueue,
): MonitoredConsumer => {
  const { model, config, log, tracing, storage, availability, aborting } = options
  const failures = createFailures(options, queue)
  const tasks = new Map(Object.entries(byType))
  const concurrency = Math.min(config.TASK_CONCURRENCY, own ?? config.TASK_CONCURRENCY)
  const slots = createSlotMeter(concurrency)
  const limits = rateLimitsOf(queue, rate, config.TASK_RATE)
  const permits = createPermits({ limits, database: storage.database, availability, stopping })
  const isLimited = limits.length > 0
  const awaitPermit = isLimited ? awaitPermitOf({ queue, permits, slots, stopping }) : undefined
  const circuit = watchExternalSystem(log, queue)
  const { breaker, ...holding } = watchCommonFaults(log, queue)
  const { recall, perform } = performTasks({
    ...options,
    service: model.name,
    tasks,
    now: storage.clock.now,
    aborting: aborting.signal,
  })
  const policies = [
    skipLost,
    waitForPostgres(availability, aborting.signal),
    recall,
    holdCommonFaults(breaker, isLast(failures)),
    breakCircuit(circuit, awaitPermit), // an admission of the breaker first, then a permit
    isolatePoisonMessages({ ...options, queue, database: storage.database }),
    confirmCircuit(circuit),
    checkTasks(options, (type) => tasks.has(type)),
    trace(tracing, queue),
  ]
  options.metrics.taskLag.zero({ queue }) // so that rate() sees the first task
  return {
    ...consume(options, queue, {
      prefetch: concurrency,
      isAlone: () => true,
      onLag: (ms) => options.metrics.taskLag.observe({ queue }, ms / 1_000),
      handle: withPolicies(policies, perform),
      failures,
      onArrived: slots.occupy,
      onLeft: slots.release,
    }),
    ...holding,
    busyMs: slots.busyMs,
    rateLimited: isLimited ? slots.suspended : undefined,
    circuitOpen: circuit.isBlocking,
  }
}

interface ConsumeOptions
  extends Pick<QueueConsumerOptions, 'prefetch' | 'isAlone' | 'linger' | 'handle' | 'failures'>,
    Partial<Pick<QueueConsumerOptions, 'onArrived' | 'onLeft'>> {
  /** Called with the age of the oldest message of a settled batch. See `oldestTime`. */
  readonly onLag?: (ms: number) => void
}

const consume = (
  options: ConsumersOptions,
  queue: string,
  { onLag, onArrived = () => undefined, onLeft = () => undefined, ...handling }: ConsumeOptions,
): Pick<MonitoredConsumer, 'queue' | 'consumer' | 'handled' | 'lagMs'> => {
  const { language, metrics, log, storage } = options
  let handled = 0
  const lag = createLagMeter()
  const count = (settled: readonly Incoming[]) => {
    handled += settled.length
    metrics.handled.inc({ queue }, settled.length)
    const time = oldestTime(settled)
    if (time === undefined) return
    const lagMs = Math.max(0, storage.clock.now().getTime() - Date.parse(time)) // the clocks differ a little
    lag.add(lagMs)
    onLag?.(lagMs)
  }
  count([]) // so that the series exists before the first message is handled
  const reportWaiting = onceASecond(({ delivery: { message } }: Incoming, err: Error) =>
    log.warn({ ...aboutMessage({ queue, message }, language), err }, 'a message can’t be handled now, and waits'),
  )
  const consumer = consumeQueue({
    ...options,
    ...handling,
    queue,
    now: storage.clock.now,
    onArrived,
    onLeft,
    onSettled: count,
    onWaiting: reportWaiting,
  })
  return { queue, consumer, handled: () => handled, lagMs: lag.read }
}
