/** The consumers of a service: one for its inbox, and one for each of its work queues. */
import { isMessageType, type ServiceModel, takenIn } from '@quadrille/events'
import { type Delivery, directExchange, inboxOf, type Participant } from '@quadrille/messaging'
import type { Database } from '@quadrille/postgres'
import type { Recovery } from '../core/postgres-availability.ts'
import type { Reactor } from '../core/reactor.ts'
import type { BatchLoad } from '../telemetry/load/batch-load.ts'
import type { Consuming, Work } from '../telemetry/load/watch.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { outsideSpans, type Tracing } from '../telemetry/tracing.ts'
import { type Breaker, createBreaker } from './circuit-breaker.ts'
import { nameOf, type Settle, settlingDespiteCommonFaults } from './common-fault.ts'
import { type FailingOptions, failingOn } from './failing.ts'
import type { InFlight } from './in-flight.ts'
import { createInbox } from './inbox-handler.ts'
import { createLine, type Guard, guardAgainstSuspects, type Line } from './poison-messages/guard.ts'
import { createSlots } from './slots.ts'
import type { Task } from './task.ts'
import { createWorker } from './task-worker.ts'

/** What the consumers need of their service. */
export interface ConsumerParts extends Omit<FailingOptions, 'metrics'> {
  readonly model: ServiceModel
  readonly config: FailingOptions['config'] & { readonly PREFETCH: number; readonly TASK_CONCURRENCY: number }
  readonly storage: { readonly database: Database; readonly clock: { readonly now: () => Date } }
  readonly participant: Participant
  readonly reactor: Reactor
  readonly batchLoad: Pick<BatchLoad, 'busyMs'>
  readonly recovery: Recovery
  /** Queues whose messages all fail alike and are held, with the kind of failure. */
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
  /** No more deliveries. Those in hand may still be settled. */
  stop(): Promise<unknown>
}

/**
 * After an outage of Postgres, how long everything must have worked before nothing counts as waiting any more, ms. A service
 * handles thousands of messages a second, so this clears whatever has piled up meanwhile.
 */
const calmMs = 30_000

export const consumeAll = (parts: ConsumerParts, work: Readonly<Record<string, readonly Task[]>>): Consumers => {
  const line = createLine()
  const inbox = consumeInbox(parts, line)
  const all = [inbox, ...consumeWork(parts, work, line)]
  return {
    all,
    catchingUp: () => catchingUp(inbox, parts),
    stop: () => Promise.all(all.map(({ consumer }) => consumer.stop())),
  }
}

const catchingUp = ({ queue, consumer }: Consuming, { participant, recovery }: ConsumerParts): string | null => {
  if (!consumer.caughtUp()) {
    const fault = participant.disconnected()
    return fault ? `the broker is away (${fault})` : `what waited in ${queue} is not handled yet`
  }
  const workingForMs = recovery.workingForMs()
  return workingForMs > calmMs ? null : `Postgres was away ${Math.round(workingForMs / 1_000)} s ago`
}

const consumeInbox = (parts: ConsumerParts, line: Line): Consuming => {
  const consumed = new Set<string>(takenIn(parts.model)) // what is internal never comes from outside
  const { messages, lag } = parts.metrics
  const queue = inboxOf(parts.model.name)
  const guard = guardOf(parts, queue, line)
  const handle = createInbox({
    queue,
    direct: directExchange(parts.model.name),
    consumes: (type) => consumed.has(type),
    reactor: parts.reactor,
    stopping: parts.stopping.signal,
    onIgnored: ({ message }) => messages.inc({ type: known(message.type), outcome: 'ignored' }),
    onHandled: ({ type, time }, outcome) => {
      messages.inc({ type, outcome })
      if (outcome === 'applied') lag.observe({ type }, secondsSince(time, parts.storage.clock.now()))
    },
  })
  const settle = settlingOn(parts, queue)
  return consume(parts, queue, {
    prefetch: parts.config.PREFETCH,
    handle: (delivery) => settle(delivery, () => guard(delivery, (waitsAloneMs) => handle(delivery, waitsAloneMs))),
    busyMs: parts.batchLoad.busyMs,
  })
}

const consumeWork = (parts: ConsumerParts, work: Readonly<Record<string, readonly Task[]>>, line: Line): Consuming[] =>
  Object.entries(work).map(([queue, tasks]) => {
    const concurrency = parts.config.TASK_CONCURRENCY
    const slots = createSlots(concurrency)
    const handle = createWorker({
      service: parts.model.name,
      queue,
      tasks,
      reactor: parts.reactor,
      recovery: parts.recovery,
      tracing: parts.tracing,
      breaker: breakerOf(parts, queue),
      guard: guardOf(parts, queue, line),
      now: parts.storage.clock.now,
      stopping: parts.stopping.signal,
    })
    const settle = settlingOn(parts, queue)
    return consume(parts, queue, {
      prefetch: concurrency,
      handle: (delivery) => slots.use(() => settle(delivery, () => handle(delivery))),
      busyMs: slots.busyMs,
    })
  })

const guardOf = ({ storage: { database }, recovery }: ConsumerParts, queue: string, oneAtATime: Line): Guard =>
  guardAgainstSuspects({ queue, database, recovery, oneAtATime })

const settlingOn = (parts: ConsumerParts, queue: string): Settle => {
  const { held, log, metrics, stopping } = parts
  metrics.held.set({ queue }, 0)
  return settlingDespiteCommonFaults({
    failing: failingOn(parts, queue),
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
        'messages of several orders fail alike and none succeeds: they are held, and one tries now and then',
      )
    },
  })
}

const breakerOf = ({ log, metrics }: ConsumerParts, queue: string): Breaker => {
  metrics.circuitOpen.set({ queue }, 0)
  return createBreaker({
    onChange: (state) => {
      metrics.circuitOpen.set({ queue }, state === 'open' ? 1 : 0)
      if (state === 'open')
        log.warn(
          { queue },
          'the gateway or mail server of this queue does not answer: its tasks wait, and one is tried from time to time',
        )
      else log.info({ queue }, 'the gateway or mail server of this queue answers again')
    },
  })
}

/** Never negative: clocks of two databases differ a little. */
const secondsSince = (time: string, now: Date): number => Math.max(0, now.getTime() - Date.parse(time)) / 1_000

/** The wire can say anything, and a metric has a series for each. */
const known = (type: string): string => (isMessageType(type) ? type : 'other')

interface Handling extends Pick<Work, 'busyMs'> {
  readonly prefetch: number
  readonly handle: (delivery: Delivery) => Promise<void>
}

const consume = (
  { participant, inFlight, metrics }: ConsumerParts,
  queue: string,
  { prefetch, handle, busyMs }: Handling,
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
