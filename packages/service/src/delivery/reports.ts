/** Reports the changes of a queue's consumer to the log and the metrics. */
import type { Logger } from 'pino'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Failures } from './failures.ts'
import { type Breaker, createBreaker } from './policies/breaker.ts'
import { type CommonFaultOptions, nameOf } from './policies/common-fault.ts'

export type Circuits = Map<string, Pick<Breaker, 'isBlocking'>>

/** No circuit breakers yet. A metric shows those that are added. */
export const createCircuits = (metrics: Pick<Metrics, 'observeCircuits'>): Circuits => {
  const circuits: Circuits = new Map()
  metrics.observeCircuits(() => Array.from(circuits, ([queue, circuit]) => [queue, Number(circuit.isBlocking())]))
  return circuits
}

export interface ReportOptions {
  readonly log: Logger
  readonly metrics: Metrics
  /** Queues whose messages are held because all fail in the same way, with the kind of failure. */
  readonly held: Map<string, string>
  /** Called when the held messages of a queue are released. */
  readonly onReleased?: () => void
  /** The circuit breakers of the work queues, by queue. */
  readonly circuits: Circuits
}

export const commonFaultsOf = (
  { held, onReleased, log, metrics }: ReportOptions,
  queue: string,
  failures: Failures,
): CommonFaultOptions => {
  metrics.held.set({ queue }, 0)
  return {
    isLast: (incoming, failed) => failures.verdictOn(incoming, failed).next === 'park',
    onChange: (state, err) => {
      metrics.held.set({ queue }, state === 'open' ? 1 : 0)
      if (state === 'closed') {
        held.delete(queue)
        onReleased?.()
        return log.info({ queue }, 'a message succeeded: the held messages are released')
      }
      held.set(queue, err ? nameOf(err) : 'unknown')
      log.error(
        { queue, err },
        'messages of several subjects fail in the same way: they are held, and one is tried from time to time',
      )
    },
  }
}

/** While an outage goes on, its error is logged this often, ms, and whenever its text changes. */
const remindEveryMs = 60_000

export const breakerOf = ({ log, circuits }: Pick<ReportOptions, 'log' | 'circuits'>, queue: string): Breaker => {
  let logged: { readonly text: string | undefined; readonly atMs: number } | null = null
  const warn = (err: Error | undefined, consequence: string) => {
    logged = { text: err?.message, atMs: performance.now() }
    log.warn({ queue, err }, `the external system of this queue does not answer: ${consequence}`)
  }
  const breaker = createBreaker({
    onProbeFailed: (err) => {
      const isKnown = logged?.text === err?.message && performance.now() - (logged?.atMs ?? 0) < remindEveryMs
      if (!isKnown) warn(err, 'another try has failed')
    },
    onChange: (state, err) => {
      if (state === 'open') warn(err, 'its tasks wait, and one is tried from time to time')
      else log.info({ queue }, 'the external system of this queue answers again')
    },
  })
  circuits.set(queue, breaker)
  return breaker
}
