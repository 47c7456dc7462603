/**
 * The reactor takes messages one by one and applies them in batches: whatever came while the last batch ran is the next.
 * It runs a batch again after a conflict, splits one that fails as a whole, and waits while Postgres is away.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Span } from '@opentelemetry/api'
import type { Decoded, Message, TraceContext } from '@quadrille/events'
import { batching, faultOf, isLockTimeout } from '@quadrille/postgres'
import { applyBatch, type BatchOptions, type Outcome } from './batch.ts'
import { conflictTries, type Recovery } from './recovery.ts'
import { traceContextOf } from './telemetry/trace-context.ts'
import { type Arrival, endSpan, type Tracing } from './telemetry/tracing.ts'

export interface ReactorOptions<State> extends Omit<BatchOptions<State>, 'traceOf'> {
  /** Aborted when the service stops: what waits for Postgres then is given up, and comes again. */
  readonly stopping: AbortSignal
  readonly recovery: Recovery
  readonly tracing: Tracing
  /** Messages of one batch at most. */
  readonly maxSize: number
  readonly onUnavailable: (error: unknown) => void
  /** Told of each batch that begins; what it returns is called when that has ended. */
  readonly onBatch?: (size: number) => () => void
  /** For the jitter between tries. */
  readonly random?: () => number
}

export interface Request {
  readonly decoded: Decoded
  /** How it came; none for what is said within the service. */
  readonly arrival?: Arrival
  /** A delivery waits for Postgres as long as it takes; a request by HTTP is told at once that it is away. */
  readonly patient: boolean
}

/** Postgres is away, somebody holds a lock, or the service is stopping: nothing is wrong with the message. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}

export type Reactor = (request: Request) => Promise<Outcome>

export const createReactor = <State>(options: ReactorOptions<State>): Reactor => {
  const { stopping, recovery, random = Math.random } = options
  const submit = batching(async (requests: readonly Traced[]) => {
    const ended = options.onBatch?.(requests.length)
    const items = requests.map(({ decoded }) => decoded)
    const spans = requests.map(({ span }) => span)
    try {
      return await options.tracing.batch(spans, () => settle(items, { ...options, traceOf: traceOfEach(requests) }))
    } finally {
      ended?.()
    }
  }, options)

  /** Applies the items: an outcome for each of them, the same for all where Postgres is away. */
  const settle = async (items: readonly Decoded[], batch: BatchOptions<State>): Promise<Outcome[]> => {
    try {
      const outcomes = await withoutConflicts(items, batch)
      recovery.works()
      return outcomes
    } catch (error) {
      if (faultOf(error) === 'unavailable') return unavailable(items, error)
      if (items.length === 1)
        return isLockTimeout(error) ? unavailable(items, error) : [{ status: 'failed', error: asError(error) }]
      const half = Math.ceil(items.length / 2)
      return [...(await settle(items.slice(0, half), batch)), ...(await settle(items.slice(half), batch))]
    }
  }

  const withoutConflicts = async (items: readonly Decoded[], batch: BatchOptions<State>): Promise<Outcome[]> => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await applyBatch(items, batch)
      } catch (error) {
        // Whoever holds a lock for so long will hold it a while longer: better find out which message is behind it.
        if (faultOf(error) !== 'conflict' || isLockTimeout(error) || tried === conflictTries) throw error
        await pause(random() * 2 ** tried)
      }
    }
  }

  const unavailable = (items: readonly Decoded[], cause: unknown): Outcome[] => {
    options.onUnavailable(cause)
    const error = new Unavailable('Postgres is not available.', { cause })
    return items.map(() => ({ status: 'failed', error }))
  }

  const untilAnswered = async (request: Traced): Promise<Outcome> => {
    for (;;) {
      const outcome = await submit(request)
      const away = outcome.status === 'failed' && outcome.error instanceof Unavailable
      if (!away || !request.patient || stopping.aborted) return outcome
      await recovery.pause()
    }
  }

  return async (request) => {
    const span = options.tracing.process(request.decoded.message, request.arrival)
    const outcome = await untilAnswered({ ...request, span })
    endSpan(span, outcome.status === 'failed' ? outcome.error : undefined)
    return outcome
  }
}

interface Traced extends Request {
  /** From its arrival to its commit, however often it is tried. What it causes is a child of it. */
  readonly span: Span
}

const traceOfEach = (requests: readonly Traced[]): ((message: Message) => TraceContext) => {
  const spans = new Map(requests.map(({ decoded, span }) => [decoded.message, span]))
  return (message) => {
    const span = spans.get(message)
    return span ? traceContextOf(span) : {}
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
