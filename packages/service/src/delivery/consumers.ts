/** The consumers of a service: one for its inbox, and one for each of its work queues. */
import { inboxTypes, type Language, type ServiceModel } from '@quadrille/messages'
import { type Delivery, directExchange, inboxOf, type Participant } from '@quadrille/messaging'
import type { Database } from '@quadrille/postgres'
import type { PostgresAvailability } from '../core/postgres-availability.ts'
import type { Reactor } from '../core/reactor.ts'
import type { BatchLoad } from '../telemetry/load/batch-load.ts'
import type { ConsumerLoad, Consuming } from '../telemetry/load/watch.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { outsideSpans, type Tracing } from '../telemetry/tracing.ts'
import { type Breaker, createBreaker } from './circuit-breaker.ts'
import { createSettler, nameOf, type Settle } from './common-fault.ts'
import { createFailureHandler, type FailureHandlerOptions } from './failure-handler.ts'
import type { InFlight } from './in-flight.ts'
import { createInboxHandler } from './inbox-handler.ts'
import { createPoisonGuard, createSequence, type PoisonGuard, type Sequence } from './poison-messages/guard.ts'
import { createSlots } from './slots.ts'
import type { Task } from './task.ts'
import { createTaskWorker } from './task-worker.ts'

/** What the consumers need from the runtime of their service. */
export interface ConsumersOptions extends Omit<FailureHandlerOptions, 'metrics'> {
  readonly language: Language
  readonly model: ServiceModel
  readonly config: FailureHandlerOptions['config'] & { readonly PREFETCH: number; readonly TASK_CONCURRENCY: number }
  readonly storage: { readonly database: Database; readonly clock: { readonly now: () => Date } }
  readonly participant: Participant
  readonly reactor: Reactor
  readonly batchLoad: Pick<BatchLoad, 'busyMs'>
  readonly availability: PostgresAvailability
  /** Queues whose messages are held because all fail in the same way, with the kind of failure. */
  readonly held: Map<string, string>
  readonly metrics: Metrics
  readonly tracing: Tracing
  readonly inFlight: InFlight
  readonly stopping: AbortController
}

export interface Consumers {
  readonly all: readonly Consuming[]
  /** Null while the inbox is connected and what waited in it when it became so has been handled; otherwise what is missing. */
  catchingUp(): string | null
  /** Stops deliveries. Unsettled ones may still be settled. */
  stop(): Promise<unknown>
}

/**
 * After an outage of Postgres, how long everything must have worked before nothing counts as waiting any more, ms. A service
 * handles thousands of messages a second, so this clears whatever has piled up meanwhile.
 */
const calmMs = 30_000

/** The tasks of each work queue, by their types. */
type WorkOfQueues = Readonly<Record<string, Readonly<Record<string, Task>>>>

export const consumeAll = (options: ConsumersOptions, work: WorkOfQueues): Consumers => {
  const sequence = createSequence()
  const inbox = consumeInbox(options, sequence)
  const all = [inbox, ...consumeWork(options, work, sequence)]
  return {
    all,
    catchingUp: () => catchingUp(inbox, options),
    stop: () => Promise.all(all.map(({ consumer }) => consumer.stop())),
  }
}

const catchingUp = ({ queue, consumer }: Consuming, { participant, availability }: ConsumersOptions): string | null => {
  if (!consumer.caughtUp()) {
    const fault = participant.disconnected()
    return fault ? `the broker is away (${fault})` : `what waited in ${queue} is not handled yet`
  }
  const workingForMs = availability.workingForMs()
  return workingForMs > calmMs ? null : `Postgres was away ${Math.round(workingForMs / 1_000)} s ago`
}

const consumeInbox = (options: ConsumersOptions, sequence: Sequence): Consuming => {
  const consumed = new Set<string>(inboxTypes(options.model)) // what is internal never comes from outside
  const { messages, lag } = options.metrics
  const queue = inboxOf(options.model.name)
  const guard = poisonGuardOf(options, queue, sequence)
  const handle = createInboxHandler({
    language: options.language,
    queue,
    direct: directExchange(options.model.name),
    consumes: (type) => consumed.has(type),
    reactor: options.reactor,
    stopping: options.stopping.signal,
    onIgnored: ({ message }) => messages.inc({ type: known(message.type, options.language), outcome: 'ignored' }),
    onHandled: ({ type, time }, outcome) => {
      messages.inc({ type, outcome })
      if (outcome === 'applied') lag.observe({ type }, secondsSince(time, options.storage.clock.now()))
    },
  })
  const settle = settlerOf(options, queue)
  return consume(options, queue, {
    prefetch: options.config.PREFETCH,
    handle: (delivery) => settle(delivery, () => guard(delivery, (waitsAloneMs) => handle(delivery, waitsAloneMs))),
    busyMs: options.batchLoad.busyMs,
  })
}

const consumeWork = (options: ConsumersOptions, work: WorkOfQueues, sequence: Sequence): Consuming[] =>
  Object.entries(work).map(([queue, tasks]) => {
    const concurrency = options.config.TASK_CONCURRENCY
    const slots = createSlots(concurrency)
    const handle = createTaskWorker({
      language: options.language,
      service: options.model.name,
      queue,
      tasks: new Map(Object.entries(tasks)),
      reactor: options.reactor,
      availability: options.availability,
      tracing: options.tracing,
      breaker: breakerOf(options, queue),
      guard: poisonGuardOf(options, queue, sequence),
      now: options.storage.clock.now,
      stopping: options.stopping.signal,
    })
    const settle = settlerOf(options, queue)
    return consume(options, queue, {
      prefetch: concurrency,
      handle: (delivery) => slots.use(() => settle(delivery, () => handle(delivery))),
      busyMs: slots.busyMs,
    })
  })

const poisonGuardOf = (
  { storage: { database }, availability }: ConsumersOptions,
  queue: string,
  oneAtATime: Sequence,
): PoisonGuard => createPoisonGuard({ queue, database, availability, oneAtATime })

const settlerOf = (options: ConsumersOptions, queue: string): Settle => {
  const { held, log, metrics, stopping } = options
  metrics.held.set({ queue }, 0)
  return createSettler({
    failures: createFailureHandler(options, queue),
    stopping: stopping.signal,
    onChange: (state, err) => {
      metrics.held.set({ queue }, state === 'open' ? 1 : 0)
      if (state === 'closed') {
        held.delete(queue)
        return log.info({ queue }, 'a message succeeds again: those that were held go on')
      }
      held.set(queue, err ? nameOf(err) : 'unknown')
      log.error(
        { queue, err },
        'messages of several subjects fail alike and none succeeds: they are held, and one tries now and then',
      )
    },
  })
}

const breakerOf = ({ log, metrics }: ConsumersOptions, queue: string): Breaker => {
  metrics.circuitOpen.set({ queue }, 0)
  return createBreaker({
    onChange: (state) => {
      metrics.circuitOpen.set({ queue }, state === 'open' ? 1 : 0)
      if (state === 'open')
        log.warn(
          { queue },
          'the external system of this queue does not answer: its tasks wait, and one is tried from time to time',
        )
      else log.info({ queue }, 'the external system of this queue answers again')
    },
  })
}

/** Never negative: clocks of two databases differ a little. */
const secondsSince = (time: string, now: Date): number => Math.max(0, now.getTime() - Date.parse(time)) / 1_000

/** The wire can say anything, and a metric has a series for each. */
const known = (type: string, language: Language): string => (language.isMessageType(type) ? type : 'other')

interface ConsumerSettings extends Pick<ConsumerLoad, 'busyMs'> {
  readonly prefetch: number
  readonly handle: (delivery: Delivery) => Promise<void>
}

const consume = (
  { participant, inFlight, metrics }: ConsumersOptions,
  queue: string,
  { prefetch, handle, busyMs }: ConsumerSettings,
): Consuming => {
  metrics.handled.inc({ queue }, 0) // so that one that handles nothing from the start on shows
  let handled = 0
  const count = () => {
    handled += 1
    metrics.handled.inc({ queue })
  }
  const begin = (delivery: Delivery) => outsideSpans(() => inFlight.add(handle(delivery).then(count)))
  const consumer = participant.consume(queue, begin, { prefetch })
  return { queue, consumer, work: { handled: () => handled, busyMs } }
}
