/**
 * The reactor runs the reactions of a service in transactions. Messages come from several sources. Those that arrive while one
 * transaction runs form the next batch, and each source gets a fair share of it.
 */
import type { Span } from '@opentelemetry/api'
import type { Decoded, Message, TraceContext } from '@quadrille/messages'
import { traceContextOf } from '../telemetry/trace-context.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import type { BatchOptions } from './batch.ts'
import { createBatchLoop } from './batch-loop.ts'
import { type BatchRunnerOptions, createBatchRunner, type Reacted } from './batch-runner.ts'
import type { Lane } from './lanes.ts'

export interface ReactorOptions<State> extends Omit<BatchOptions<State>, 'traceOf' | 'waits'>, BatchRunnerOptions {
  readonly tracing: Pick<Tracing, 'batch'>
  /** The largest number of messages in one transaction. */
  readonly maxSize: number
  /** If at least this many messages wait when a batch ends, the next one begins at once. */
  readonly fullSize: number
  /** Called when a batch begins; the returned function is called when the batch has ended. */
  readonly onBatch?: (size: number, lane: Lane) => () => void
}

/** Where messages come from: the inbox, HTTP requests and jobs, and the outcomes of tasks. */
export const sources = ['inbox', 'requests', 'tasks'] as const
export type Source = (typeof sources)[number]

export interface Item {
  readonly decoded: Decoded
  /** The size of the message. Default 0: the outcome of a task is small. */
  readonly bytes?: number
  /** The span of the message's handling, if it is recorded. Its effects are children of this span. */
  readonly span?: Span | undefined
}

export interface ReactOptions {
  readonly source: Source
  readonly lane: Lane
}

/** Tries each item once. Resolves with a result for each, in the same order. */
export type Reactor<State = unknown> = (
  items: readonly Item[],
  options: ReactOptions,
) => Promise<readonly Reacted<State>[]>

/** The largest size of the messages in one transaction; a single message may be larger. */
const maxBytes = 4 * 1024 * 1024

export const createReactor = <State>(options: ReactorOptions<State>): Reactor<State> => {
  const { tracing, onBatch, maxSize, fullSize } = options
  const runBatch = createBatchRunner<State>(options)

  const createLane = (lane: Lane) => {
    const run = async (items: readonly Item[]) => {
      const ended = onBatch?.(items.length, lane)
      const decoded = items.map((item) => item.decoded)
      const spans = items.map(({ span }) => span)
      const applyOptions = { ...options, traceOf: traceOfEach(items) }
      try {
        return await tracing.batch(spans, () => runBatch(decoded, applyOptions, lane))
      } finally {
        ended?.()
      }
    }
    return createBatchLoop(sources, run, { maxSize, fullSize, maxBytes, bytesOf: ({ bytes = 0 }: Item) => bytes })
  }
  const submits = { first: createLane('first'), retry: createLane('retry'), isolating: createLane('isolating') }

  return (items, { source, lane }) => submits[lane](source, items)
}

/** Without a span of its own, a message passes on its trace context. */
const traceOfEach = (items: readonly Item[]): ((message: Message) => TraceContext) => {
  const spans = new Map(items.flatMap(({ decoded, span }) => (span ? [[decoded.message, span] as const] : [])))
  return (message) => {
    const span = spans.get(message)
    return span ? traceContextOf(span) : { traceparent: message.traceparent, tracestate: message.tracestate }
  }
}
