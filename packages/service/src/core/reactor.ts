/**
 * The reactor runs the reactions of a service in transactions. Messages come from several sources. Those that arrive while one
 * transaction runs form the next batch, and each source gets a fair share of it.
 */
import type { Span } from '@opentelemetry/api'
import type { Decoded, Message, TraceContext } from '@quadrille/messages'
import { traceContextOf } from '../telemetry/trace-context.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import type { BatchOptions } from './batch.ts'
import { createFairQueue } from './fair-queue.ts'
import type { Lane } from './lanes.ts'
import type { PostgresAvailability } from './postgres-availability.ts'
import { createBatchRunner, type Reacted, type RunBatch } from './resilient-batch.ts'

export interface ReactorOptions<State> extends Omit<BatchOptions<State>, 'traceOf' | 'waits'> {
  readonly availability: Pick<PostgresAvailability, 'recordSuccess' | 'recordRefusal'>
  readonly tracing: Pick<Tracing, 'batch'>
  /** The largest number of messages in one transaction. */
  readonly maxSize: number
  /** The largest size of the messages in one transaction, bytes; a single message may be larger. Default 4 MiB. */
  readonly maxBytes?: number
  /** Called if Postgres can't be used. */
  readonly onUnavailable: (error: unknown) => void
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

const defaultMaxBytes = 4 * 1024 * 1024

export const createReactor = <State>(options: ReactorOptions<State>): Reactor<State> => {
  const { tracing, onBatch } = options
  const { runBatch, runIsolating } = createBatchRunner<State>(options)

  const createLane = (lane: Lane, runItems: RunBatch<State>) =>
    createBatches<State>(async (items) => {
      const ended = onBatch?.(items.length, lane)
      const decoded = items.map((item) => item.decoded)
      const spans = items.map(({ span }) => span)
      try {
        return await tracing.batch(spans, () => runItems(decoded, { ...options, traceOf: traceOfEach(items) }))
      } finally {
        ended?.()
      }
    }, options)
  const submits = {
    first: createLane('first', runBatch),
    retry: createLane('retry', runBatch),
    lock_timeout: createLane('lock_timeout', runIsolating),
  }

  return (items, { source, lane }) => submits[lane](source, items)
}

type Submit<State> = (source: Source, items: readonly Item[]) => Promise<readonly Reacted<State>[]>

/** Runs one batch at a time. */
const createBatches = <State>(
  run: (items: readonly Item[]) => Promise<readonly Reacted<State>[]>,
  { maxSize, maxBytes = defaultMaxBytes }: Pick<ReactorOptions<State>, 'maxSize' | 'maxBytes'>,
): Submit<State> => {
  const waiting = createFairQueue<Source, QueuedItem<State>>(sources, {
    maxSize,
    maxBytes,
    bytesOf: ({ item }) => item.bytes ?? 0,
  })
  let running = false

  const runNext = async (queued: readonly QueuedItem<State>[]): Promise<void> => {
    try {
      const results = await run(queued.map(({ item }) => item))
      for (const [index, { call, position }] of queued.entries()) call.answer(position, results[index])
    } catch (error) {
      for (const { call } of queued) call.reject(error)
    }
  }

  const drain = async (): Promise<void> => {
    running = true
    await Promise.resolve() // messages that arrive in the same turn of the event loop join the first batch
    for (let batch = waiting.take(); batch.length > 0; batch = waiting.take()) await runNext(batch)
    running = false
  }

  return (source, items) =>
    new Promise((resolve, reject) => {
      if (items.length === 0) return resolve([])
      const call = createCall<State>(items.length, resolve, reject)
      for (const [position, item] of items.entries()) waiting.add(source, { item, call, position })
      if (!running) void drain()
    })
}

/** The items of one caller, which may be in several batches. */
interface Call<State> {
  readonly answer: (position: number, result: Reacted<State> | undefined) => void
  readonly reject: (error: unknown) => void
}

interface QueuedItem<State> {
  readonly item: Item
  readonly call: Call<State>
  readonly position: number
}

const createCall = <State>(
  size: number,
  resolve: (results: readonly Reacted<State>[]) => void,
  reject: (error: unknown) => void,
): Call<State> => {
  const results: Reacted<State>[] = []
  let missing = size
  return {
    reject,
    answer: (position, result) => {
      if (!result) return reject(new Error('A batch returned fewer results than it has messages.'))
      results[position] = result
      missing -= 1
      if (missing === 0) resolve(results)
    },
  }
}

/** Without a span of its own, a message passes on its trace context. */
const traceOfEach = (items: readonly Item[]): ((message: Message) => TraceContext) => {
  const spans = new Map(items.flatMap(({ decoded, span }) => (span ? [[decoded.message, span] as const] : [])))
  return (message) => {
    const span = spans.get(message)
    return span ? traceContextOf(span) : { traceparent: message.traceparent, tracestate: message.tracestate }
  }
}
