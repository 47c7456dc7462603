/** The handler of a work queue: performs each task, and the service reacts to its outcome before the task is acknowledged. */
import { toError } from '@quadrille/async'
import type { Draft, Language, Message } from '@quadrille/messages'
import { asDecoded } from '../core/as-decoded.ts'
import { conflictTries, hindranceOf, type PostgresAvailability } from '../core/postgres-availability.ts'
import type { Reactor } from '../core/reactor.ts'
import { Unavailable } from '../errors/unavailable.ts'
import { traceContextOf } from '../telemetry/trace-context.ts'
import { endSpan, inSpan, inTraceOf, type Tracing } from '../telemetry/tracing.ts'
import type { Incoming } from './incoming.ts'
import { abandoned, done, ignored, type Outcome } from './outcome.ts'
import type { Handle } from './policy.ts'
import { performedInHandMs } from './settle.ts'
import { nothingAsked, outcomeOf, type Task, type TaskResult } from './task.ts'

export interface TaskHandlerOptions {
  readonly language: Pick<Language, 'seal'>
  readonly service: string
  /** By the types of their messages. */
  readonly tasks: ReadonlyMap<string, Task>
  readonly reactor: Reactor
  readonly tracing: Pick<Tracing, 'process'>
  readonly availability: Pick<PostgresAvailability, 'refused'>
  readonly now: () => Date
  readonly stopping: AbortSignal
}

/**
 * A task that was performed is not performed again in this process while its outcome can't be stored: only storing it is tried
 * again.
 */
export const performTasks = (options: TaskHandlerOptions): Handle => {
  const unstored = createUnstored()
  return (batch) => Promise.all(batch.map((incoming) => handle(incoming, unstored, options)))
}

const handle = async (incoming: Incoming, unstored: Unstored, options: TaskHandlerOptions): Promise<Outcome> => {
  const { message } = incoming.decoded()
  const task = options.tasks.get(message.type)
  if (!task) throw new Error(`${options.service} has no task ${message.type}.`)
  try {
    const result = unstored.of(message) ?? (await perform(task, incoming, options))
    const draft = outcomeOf(result)
    if (draft) {
      unstored.keep(message, draft)
      incoming.isPerformed = true
      const obstacle = await store(draft, incoming, options)
      if (obstacle?.status === 'failed') return { ...obstacle, maxAttempts: task.maxAttempts }
      if (obstacle) return obstacle
      unstored.drop(message)
    }
    return result === nothingAsked ? ignored : done
  } catch (error) {
    return options.stopping.aborted ? abandoned : outcomeOfError(toError(error), incoming, options)
  }
}

const perform = (task: Task, incoming: Incoming, { stopping }: TaskHandlerOptions): Promise<TaskResult> => {
  const { message } = incoming.decoded()
  const attempt = () => task.perform(message, { number: incoming.delivery.attempts + 1, signal: stopping })
  return incoming.span ? inSpan(incoming.span, attempt) : inTraceOf(message, attempt)
}

/** Null if the outcome is stored; otherwise why not. */
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
      return { ...reacted, inHandMs: performedInHandMs }
    case 'failed':
    case 'unavailable':
      return reacted
  }
}

const outcomeOfError = (error: Error, incoming: Incoming, { tasks, availability }: TaskHandlerOptions): Outcome => {
  const hindrance = hindranceOf(error)
  if (hindrance === 'outage')
    return { status: 'unavailable', error: new Unavailable('Postgres is not available.', { cause: error }) }
  if (hindrance === 'alone') availability.refused(error)
  // A conflict that does not end has another cause than a concurrent transaction, so it counts as a failure.
  if (hindrance === 'alone' || (hindrance === 'conflict' && incoming.putOff + 1 < conflictTries))
    return { status: 'not_now', error }
  return { status: 'failed', error, maxAttempts: tasks.get(incoming.decoded().message.type)?.maxAttempts }
}

/** Outcomes that are not stored yet, by the message of their task, which may be delivered again before they are stored. */
interface Unstored {
  readonly of: (task: Message) => Draft | undefined
  readonly keep: (task: Message, outcome: Draft) => void
  readonly drop: (task: Message) => void
}

/** The outcomes of tasks that became dead letters stay, until there are so many newer ones. */
const maxUnstored = 1_000

const createUnstored = (): Unstored => {
  const kept = new Map<string, Draft>()
  return {
    of: ({ id }) => kept.get(id),
    keep: ({ id }, outcome) => {
      kept.set(id, outcome)
      const [oldest] = kept.keys()
      if (kept.size > maxUnstored && oldest !== undefined) kept.delete(oldest)
    },
    drop: ({ id }) => void kept.delete(id),
  }
}
