/**
 * The reactor takes messages one by one and applies them in batches: whatever came while the last batch ran is the next.
 * It runs a batch again after a conflict, splits one that fails as a whole, and waits while Postgres is away.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Span } from '@opentelemetry/api'
import type { Decoded, Message, TraceContext } from '@quadrille/events'
import { batching, faultOf } from '@quadrille/postgres'
import { applyBatch, type BatchOptions, type Outcome } from './batch.ts'
import { endSpan, startProcessSpan, traceContextOf } from './telemetry/tracing.ts'

export interface ReactorOptions<State> extends Omit<BatchOptions<State>, 'traceOf'> {
  /** Aborted when the service stops: what waits for Postgres then is given up, and comes again. */
  readonly stopping: AbortSignal
  /** Messages of one batch at most. */
  readonly maxSize: number
  readonly onUnavailable: (error: unknown) => void
  readonly onBatch?: (size: number) => void
  /** For the jitter between tries. */
  readonly random?: () => number
}

export interface Request {
  readonly decoded: Decoded
  /** A delivery waits for Postgres as long as it takes; a request by HTTP doesn't. */
  readonly patient: boolean
}

/** Postgres is away, or the service is stopping: nothing is wrong with the message. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}

export type Reactor = (request: Request) => Promise<Outcome>

/** How often a batch that meets conflicts is run again before it counts as failed. */
const conflictTries = 8
const maxPauseMs = 2_000

export const createReactor = <State>(options: ReactorOptions<State>): Reactor => {
  const random = options.random ?? Math.random
  const patience = new WeakMap<Decoded, boolean>()
  const submit = batching(async (items: readonly Decoded[]) => {
    options.onBatch?.(items.length)
    return traced(items, options, (traceOf) => settle(items, { ...options, traceOf }))
  }, options)

  /** Applies the items, whatever it takes: an outcome for each of them. */
  const settle = async (items: readonly Decoded[], batch: BatchOptions<State>, failures = 0): Promise<Outcome[]> => {
    try {
      return await withoutConflicts(items, batch)
    } catch (error) {
      if (faultOf(error) === 'unavailable') return waitForPostgres(items, batch, { error, failures })
      const [only] = items
      if (items.length === 1 && only) return [{ status: 'failed', error: asError(error) }]
      const half = Math.ceil(items.length / 2)
      return [...(await settle(items.slice(0, half), batch)), ...(await settle(items.slice(half), batch))]
    }
  }

  const withoutConflicts = async (items: readonly Decoded[], batch: BatchOptions<State>): Promise<Outcome[]> => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await applyBatch(items, batch)
      } catch (error) {
        if (faultOf(error) !== 'conflict' || tried === conflictTries) throw error
        await pause(random() * 2 ** tried)
      }
    }
  }

  /** The impatient are told so at once; for the others the batch is tried again. */
  const waitForPostgres = async (
    items: readonly Decoded[],
    batch: BatchOptions<State>,
    { error, failures }: { error: unknown; failures: number },
  ): Promise<Outcome[]> => {
    options.onUnavailable(error)
    const unavailable: Outcome = {
      status: 'failed',
      error: new Unavailable('Postgres is not available.', { cause: error }),
    }
    const patient = items.filter((item) => patience.get(item) && !options.stopping.aborted)
    if (patient.length === 0) return items.map(() => unavailable)
    await pause(random() * Math.min(maxPauseMs, 50 * 2 ** failures))
    const outcomes = await settle(patient, batch, failures + 1)
    return items.map((item) => outcomes[patient.indexOf(item)] ?? unavailable)
  }

  return ({ decoded, patient }) => {
    patience.set(decoded, patient)
    return submit(decoded)
  }
}

/** Gives each message of a batch its own span, which what it causes is a child of. */
const traced = async <State>(
  items: readonly Decoded[],
  { model }: ReactorOptions<State>,
  run: (traceOf: (message: Message) => TraceContext) => Promise<Outcome[]>,
): Promise<Outcome[]> => {
  const spans = new Map<Message, Span>(items.map(({ message }) => [message, startProcessSpan(model.name, message)]))
  const outcomes = await run((message) => {
    const span = spans.get(message)
    return span ? traceContextOf(span) : {}
  })
  items.forEach(({ message }, index) => {
    const span = spans.get(message)
    const outcome = outcomes[index]
    if (span) endSpan(span, outcome?.status === 'failed' ? outcome.error : undefined)
  })
  return outcomes
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
