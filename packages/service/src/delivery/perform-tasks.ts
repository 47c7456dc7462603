/** The handler of a work queue: performs each task, and the service reacts to its outcome before the task is acknowledged. */
import { toError } from '@quadrille/async'
import { asDecoded, type Draft, type Language, type Message } from '@quadrille/messages'
import { conflictTries, transientFaultOf } from '../core/despite-conflicts.ts'
import type { PostgresAvailability } from '../core/postgres-availability.ts'
import type { Reactor } from '../core/reactor.ts'
import { Unavailable } from '../errors/unavailable.ts'
import { traceContextOf } from '../telemetry/trace-context.ts'
import { endSpan, inSpan, inTraceOf, type Tracing } from '../telemetry/tracing.ts'
import type { Incoming } from './incoming.ts'
import { abandoned, done, ignored, longestWaitMs, type Outcome } from './outcome.ts'
import type { Handle, Policy } from './policy.ts'
import { noCallMade, outcomeOf, type Task, type TaskResult } from './task.ts'

export interface TaskHandlerOptions {
  readonly language: Pick<Language, 'seal'>
  readonly service: string
  /** By the types of their messages. */
  readonly tasks: ReadonlyMap<string, Task>
  readonly reactor: Reactor
  readonly tracing: Pick<Tracing, 'process'>
  readonly availability: Pick<PostgresAvailability, 'recordRefusal'>
  readonly now: () => Date
  readonly stopping: AbortSignal
}

export interface TaskHandling {
  /** Recognises redelivered tasks that this process has performed, so that they wait neither for a circuit nor for a permit. */
  readonly recall: Policy
  readonly perform: Handle
}

/**
 * After a task was performed, this process does not perform it again while its outcome can't be stored: it retries only the
 * storing.
 */
export const performTasks = (options: TaskHandlerOptions): TaskHandling => {
  const unstored = createUnstored()
  return {
    recall: (next) => (batch) => {
      for (const incoming of batch) incoming.isPerformed = unstored.has(incoming.delivery.message.id)
      return next(batch)
    },
    perform: (batch) => Promise.all(batch.map((incoming) => handle(incoming, { ...options, unstored }))),
  }
}

interface Options extends TaskHandlerOptions {
  readonly unstored: Unstored
}

const handle = async (incoming: Incoming, options: Options): Promise<Outcome> => {
  const { message } = incoming.decoded()
  const task = options.tasks.get(message.type)
  if (!task) throw new Error(`${options.service} has no task ${message.type}.`)
  try {
    const kept = options.unstored.of(message)
    if (incoming.isPerformed && !kept) return admitAgain
    const result = kept ?? (await perform(task, incoming, options))
    const draft = outcomeOf(result)
    const obstacle = draft && (await keepAndStore(draft, incoming, options))
    if (obstacle) return obstacle.status === 'failed' ? { ...obstacle, maxAttempts: task.maxAttempts } : obstacle
    return result === noCallMade ? ignored : done
  } catch (error) {
    return options.stopping.aborted ? abandoned : outcomeOfError(toError(error), incoming, options)
  }
}

/**
 * The outcome was stored by a copy of the task, or dropped from memory. This delivery has passed the circuit and the rate limit
 * without being counted, so it must pass them again.
 */
const admitAgain: Outcome = {
  status: 'not_now',
  error: new Error('The outcome that was to be stored is no longer in memory.'),
  maxWaitMs: longestWaitMs,
}

const perform = (task: Task, incoming: Incoming, { stopping }: TaskHandlerOptions): Promise<TaskResult> => {
  const { message } = incoming.decoded()
  const attempt = () => task.perform(message, { number: incoming.attempt(), signal: stopping })
  return incoming.span ? inSpan(incoming.span, attempt) : inTraceOf(message, attempt)
}

/** As `store`. Keeps the outcome until it is stored. */
const keepAndStore = async (draft: Draft, incoming: Incoming, options: Options): Promise<Outcome | null> => {
  const { message } = incoming.decoded()
  const { unstored } = options
  unstored.keep(message, draft)
  incoming.isPerformed = true
  const obstacle = await store(draft, incoming, options)
  if (!obstacle) unstored.drop(message)
  return obstacle
}

/** Null if the outcome is stored. Otherwise the outcome of the delivery. */
const store = async (draft: Draft, incoming: Incoming, options: TaskHandlerOptions): Promise<Outcome | null> => {
  const { language, service, now, reactor, tracing } = options
  const cause = incoming.decoded().message
  const trace = incoming.span ? traceContextOf(incoming.span) : cause
  const message = language.seal(draft, { service, now: now(), cause, trace })
  const span = tracing.process(message)
  const [reacted] = await reactor([{ decoded: asDecoded(message), span }], { source: 'tasks', lane: incoming.lane() })
  if (!reacted) throw new Error('The reactor has returned no result.')
  endSpan(span, 'error' in reacted ? reacted.error : undefined)
  switch (reacted.status) {
    case 'applied':
    case 'duplicate':
      return null
    case 'not_now':
      return { ...reacted, maxWaitMs: longestWaitMs }
    case 'failed':
    case 'unavailable':
      return reacted
  }
}

const outcomeOfError = (error: Error, incoming: Incoming, { tasks, availability }: TaskHandlerOptions): Outcome => {
  const fault = transientFaultOf(error)
  if (fault === 'outage')
    return { status: 'unavailable', error: new Unavailable('Postgres is not available.', { cause: error }) }
  if (fault === 'statement') availability.recordRefusal(error)
  if (fault === 'conflict') incoming.conflicts += 1
  // A conflict that persists is not caused by a concurrent transaction, so it counts as a failure.
  if (fault === 'statement' || (fault === 'conflict' && incoming.conflicts < conflictTries))
    return { status: 'not_now', error }
  return { status: 'failed', error, maxAttempts: tasks.get(incoming.decoded().message.type)?.maxAttempts }
}

/** Outcomes that are not stored yet, by the message of their task. The task may be redelivered before they are stored. */
interface Unstored {
  readonly has: (taskId: string) => boolean
  readonly of: (task: Message) => Draft | undefined
  readonly keep: (task: Message, outcome: Draft) => void
  readonly drop: (task: Message) => void
}

/** The largest number of outcomes kept. Those of tasks that became dead letters are dropped when enough newer ones exist. */
const maxUnstored = 1_000

const createUnstored = (): Unstored => {
  const kept = new Map<string, Draft>()
  return {
    has: (taskId) => kept.has(taskId),
    of: ({ id }) => kept.get(id),
    keep: ({ id }, outcome) => {
      kept.set(id, outcome)
      const [oldest] = kept.keys()
      if (kept.size > maxUnstored && oldest !== undefined) kept.delete(oldest)
    },
    drop: ({ id }) => void kept.delete(id),
  }
}
