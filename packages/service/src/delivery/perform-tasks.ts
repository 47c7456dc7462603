/** The handler of a work queue: performs each task, and the service reacts to its outcome before the task is acknowledged. */
import { toError } from '@quadrille/async'
import { asDecoded, type Draft, type Language } from '@quadrille/messages'
import { transientFaultOf } from '@quadrille/postgres'
import type { PostgresAvailability } from '../core/postgres-availability.ts'
import type { Reactor } from '../core/reactor.ts'
import { conflictTries } from '../core/retry-conflicts.ts'
import { Unavailable } from '../errors/unavailable.ts'
import { traceContextOf } from '../telemetry/trace-context.ts'
import { endSpan, inSpan, inTraceOf, type Tracing } from '../telemetry/tracing.ts'
import type { Incoming } from './incoming.ts'
import { abandoned, applied, ignored, type Outcome } from './outcome.ts'
import type { Handle, Policy } from './policy.ts'
import { GivenUp, noCallMade, outcomeOf, type Task, type TaskResult } from './task.ts'

export interface TaskHandlerOptions {
  readonly language: Pick<Language, 'seal'>
  readonly service: string
  readonly tasks: ReadonlyMap<string, Task>
  readonly reactor: Reactor
  readonly tracing: Pick<Tracing, 'process'>
  readonly availability: Pick<PostgresAvailability, 'recordError'>
  readonly now: () => Date
  /** Aborted when running tasks have had their time to finish. */
  readonly aborting: AbortSignal
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
  const unstored: Unstored = new Map()
  return {
    recall: (next) => (batch) => {
      for (const incoming of batch) {
        const outcome = unstored.get(incoming.delivery.message.id)
        if (outcome) incoming.performed(outcome)
      }
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
    const kept = incoming.taskOutcome ?? options.unstored.get(message.id) // a copy may have performed it meanwhile
    const result = kept ?? (await perform(task, incoming, options))
    const draft = outcomeOf(result)
    const obstacle = draft && (await keepAndStore(draft, incoming, options))
    if (obstacle) return obstacle.status === 'failed' ? { ...obstacle, maxAttempts: task.maxAttempts } : obstacle
    return result === noCallMade || result instanceof GivenUp ? ignored : applied // `applied` shows that tasks succeed
  } catch (error) {
    return options.aborting.aborted ? abandoned : outcomeOfError(toError(error), incoming, options)
  }
}

const perform = async (task: Task, incoming: Incoming, { aborting }: TaskHandlerOptions): Promise<TaskResult> => {
  const { message } = incoming.decoded()
  const attempt = () => task.perform(message, { number: incoming.attempt(), signal: aborting })
  const result = await (incoming.span ? inSpan(incoming.span, attempt) : inTraceOf(message, attempt))
  if (result !== noCallMade) incoming.call = result instanceof GivenUp ? result.error : 'answered'
  return result
}

/** As `store`. Keeps the outcome until it is stored. */
const keepAndStore = async (draft: Draft, incoming: Incoming, options: Options): Promise<Outcome | null> => {
  const { id } = incoming.decoded().message
  incoming.performed(draft)
  keep(options.unstored, id, draft)
  const obstacle = await store(draft, incoming, options)
  if (!obstacle) options.unstored.delete(id)
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
      return { ...reacted, wait: 'long' }
    case 'failed':
    case 'unavailable':
      return reacted
  }
}

const outcomeOfError = (error: Error, incoming: Incoming, { tasks, availability }: TaskHandlerOptions): Outcome => {
  const fault = transientFaultOf(error)
  availability.recordError(error)
  if (fault === 'outage')
    return { status: 'unavailable', error: new Unavailable('Postgres is not available.', { cause: error }) }
  if (fault === 'conflict') incoming.conflicts += 1
  // A conflict that persists is not caused by a concurrent transaction, so it counts as a failure.
  if (fault === 'statement' || (fault === 'conflict' && incoming.conflicts < conflictTries))
    return { status: 'not_now', error }
  if (error instanceof Unavailable) return { status: 'not_now', error, wait: 'none' }
  return { status: 'failed', error, maxAttempts: tasks.get(incoming.decoded().message.type)?.maxAttempts }
}

/** Outcomes that are not stored yet, by the ids of their tasks. A task may be redelivered before its outcome is stored. */
type Unstored = Map<string, Draft>

/** The largest number of outcomes kept. Those of tasks that became dead letters are dropped when enough newer ones exist. */
const maxUnstored = 1_000

const keep = (unstored: Unstored, taskId: string, outcome: Draft): void => {
  unstored.set(taskId, outcome)
  const [oldest] = unstored.keys()
  if (unstored.size > maxUnstored && oldest !== undefined) unstored.delete(oldest)
}
