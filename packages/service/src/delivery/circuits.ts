/** The circuit breakers of the queues: what they report to the log, and what the metrics and the admin endpoints read of them. */
import type { Logger } from 'pino'
import type { Metrics } from '../telemetry/metrics.ts'
import { Reminder } from '../telemetry/reminder.ts'
import { type Breaker, createBreaker } from './breaker.ts'
import { isCommon, nameOf } from './policies/common-fault.ts'

/** By the work queue whose tasks call the external system. */
export type Circuits = Map<string, Pick<Breaker, 'isBlocking'>>

/** No circuit breakers yet. A metric shows those that are added. */
export const createCircuits = (metrics: Pick<Metrics, 'observeCircuits'>): Circuits => {
  const circuits: Circuits = new Map()
  metrics.observeCircuits(() => Array.from(circuits, ([queue, circuit]) => [queue, Number(circuit.isBlocking())]))
  return circuits
}

/** Whether this instance holds messages of a queue, because all fail in the same way. */
export interface Holding {
  /** The kind of failure; null while it holds none. */
  kind(): string | null
  /** The time since it has released the last ones, or they have left it, ms. Infinity if it has never held any. */
  releasedForMs(): number
}

export type Holdings = Map<string, Holding>

/** None yet. A metric shows those that are added. */
export const createHoldings = (metrics: Pick<Metrics, 'observeHeld'>): Holdings => {
  const holdings: Holdings = new Map()
  metrics.observeHeld(() => Array.from(holdings, ([queue, holding]) => [queue, Number(holding.kind() !== null)]))
  return holdings
}

/** The kind of failure of each queue whose messages this instance holds. */
export const heldKinds = (holdings: Holdings): Record<string, string> => {
  const kinds: Record<string, string> = {}
  for (const [queue, holding] of holdings) {
    const kind = holding.kind()
    if (kind !== null) kinds[queue] = kind
  }
  return kinds
}

export interface WatchOptions {
  readonly log: Logger
  readonly circuits: Circuits
  readonly held: Holdings
}

/**
 * Without a try for this long, this instance holds no message any more, ms. A held message is back in memory within 10 s, unless
 * another instance has got it. Shorter than the minute after which an alert fires.
 */
const emptyAfterMs = 15_000

/** The breaker for messages of a queue that all fail in the same way. */
export const watchCommonFaults = ({ log, held }: Omit<WatchOptions, 'circuits'>, queue: string): Breaker => {
  let closedAtMs = Number.NEGATIVE_INFINITY
  const breaker = createBreaker({
    opensAt: isCommon,
    idleAfterMs: emptyAfterMs,
    onChange: (state, err) => {
      if (state === 'open')
        return log.error(
          { queue, err },
          'messages of several subjects fail in the same way: they are held, and one is tried from time to time',
        )
      closedAtMs = performance.now()
      log.info({ queue }, 'a message succeeded: the held messages are released')
    },
  })
  held.set(queue, {
    kind: () => {
      const error = breaker.lastError()
      return error && breaker.isBlocking() ? nameOf(error) : null
    },
    releasedForMs: () => Math.min(performance.now() - closedAtMs, breaker.idleForMs()),
  })
  return breaker
}

/** The circuit breaker around the external system that the tasks of a queue call. */
export const watchExternalSystem = ({ log, circuits }: Omit<WatchOptions, 'held'>, queue: string): Breaker => {
  const reminder = new Reminder()
  const warn = (err: Error | undefined, consequence: string) => {
    reminder.logged(err?.message)
    log.warn({ queue, err }, `the external system of this queue does not answer: ${consequence}`)
  }
  const breaker = createBreaker({
    onProbeFailed: (err) => {
      if (reminder.isDue(err?.message)) warn(err, 'another try has failed')
    },
    onChange: (state, err) => {
      if (state === 'open') warn(err, 'its tasks wait, and one is tried from time to time')
      else log.info({ queue }, 'the external system of this queue answers again')
    },
  })
  circuits.set(queue, breaker)
  return breaker
}
