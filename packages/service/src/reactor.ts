/**
 * The reactor takes messages one by one and applies them in batches: whatever came while the last batch ran is the next.
 * It runs a batch again after a conflict, splits one that fails as a whole, and waits while Postgres is away.
 */
import { setTimeout as pause } from 'node:timers/promises'
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
  const submit = batching(async (requests: readonly Request[]) => {
    const ended = options.onBatch?.(requests.length)
    const items = requests.map(({ decoded }) => decoded)
    try {
      return await traced(requests, options.tracing, (traceOf) => settle(items, { ...options, traceOf }))
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

  return async (request) => {
    for (;;) {
      const outcome = await submit(request)
      const away = outcome.status === 'failed' && outcome.error instanceof Unavailable
      if (!away || !request.patient || stopping.aborted) return outcome
      await recovery.pause()
    }
  }
}

/** Gives each message of a batch its own span, which what it causes is a child of. */
const traced = async (
  requests: readonly Request[],
  tracing: Tracing,
  run: (traceOf: (message: Message) => TraceContext) => Promise<Outcome[]>,
): Promise<Outcome[]> => {
  const spans = requests.map(({ decoded, arrival }) => tracing.process(decoded.message, arrival))
  const byMessage = new Map(requests.map(({ decoded }, index) => [decoded.message, spans[index]]))
  const outcomes = await tracing.batch(spans, () =>
    run((message) => {
      const span = byMessage.get(message)
      return span ? traceContextOf(span) : {}
    }),
  )
  for (const [index, span] of spans.entries()) {
    const outcome = outcomes[index]
    const failed = outcome?.status === 'failed' && !(outcome.error instanceof Unavailable)
    endSpan(span, failed ? outcome.error : undefined)
  }
  return outcomes
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
