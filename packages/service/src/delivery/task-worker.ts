/** The worker of one queue: takes tasks, does them, tells the outcome, and then acknowledges. */
import { toError } from '@quadrille/async'
import { contentHash, type Decoded, type Draft, type Language, type Message, Undecodable } from '@quadrille/messages'
import type { Delivery } from '@quadrille/messaging'
import type { PostgresAvailability } from '../core/postgres-availability.ts'
import type { Reactor } from '../core/reactor.ts'
import { taskFaultOf } from '../errors/task-fault.ts'
import { traceContextOf } from '../telemetry/trace-context.ts'
import { endSpan, inSpan, type Tracing } from '../telemetry/tracing.ts'
import type { Breaker, Turn } from './circuit-breaker.ts'
import { done, type HandlingResult, left } from './handling-result.ts'
import type { PoisonGuard } from './poison-messages/guard.ts'
import { nothingAsked, outcomeOf, type Task, type TaskResult } from './task.ts'

export interface TaskWorkerOptions {
  readonly language: Language
  readonly service: string
  readonly queue: string
  /** By the type of their message. */
  readonly tasks: ReadonlyMap<string, Task>
  readonly reactor: Reactor
  readonly availability: PostgresAvailability
  readonly tracing: Tracing
  readonly breaker: Breaker
  readonly guard: PoisonGuard
  readonly now: () => Date
  readonly stopping: AbortSignal
}

/**
 * Handles one delivery of a work queue. The task's outcome is committed before the delivery is acknowledged. A failure is left
 * to the caller. An outage is none, be it of Postgres or of what the task asks: the task is begun again when that is over. A
 * task that was done isn't done again in this process while its outcome can't be stored: only that is tried again.
 */
export const createTaskWorker = (options: TaskWorkerOptions): ((delivery: Delivery) => Promise<HandlingResult>) => {
  const { breaker, guard, stopping } = options
  const outcomes = createOutcomes()
  return async (delivery) => {
    for (;;) {
      const turn = await breaker.admit(stopping)
      if (!turn) return left // the service stops: unsettled, it is delivered again to another instance
      let again = false
      const handled = await guard(delivery, async (waitsAloneMs) => {
        const attempted = await attempt({ delivery, turn, outcomes, waitsAloneMs }, options)
        again = attempted === 'again'
        return attempted === 'again' ? left : attempted
      })
      turn.leave()
      if (!again) return handled
    }
  }
}

interface Attempted {
  readonly delivery: Delivery
  readonly turn: Turn
  readonly outcomes: Outcomes
  /** How long storing the outcome may wait for a locked row, ms. Default: see `Request`. */
  readonly waitsAloneMs: number | undefined
}

/** Acknowledges the delivery where it succeeds. `again` where the task is to wait for its next turn. */
const attempt = async (attempted: Attempted, options: TaskWorkerOptions): Promise<HandlingResult | 'again'> => {
  const { delivery, turn, outcomes } = attempted
  const { stopping, availability } = options
  const errand = read(delivery, options)
  if (errand instanceof Error) return { status: 'failed', error: errand }
  const { message, task } = errand
  const { type, subject } = message
  try {
    const result = await availability.retryWhileUnavailable(() => work({ ...errand, ...attempted }, options))
    if (result === null) return left
    delivery.ack()
    return result === 'done' ? done : left
  } catch (cause) {
    const error = toError(cause)
    if (stopping.aborted) return left
    if (taskFaultOf(error).outage === true && turn.failed({ subject })) return 'again'
    const performed = outcomes.of(message) !== undefined
    return { status: 'failed', error, type, subject, maxAttempts: task.maxAttempts, performed }
  }
}

interface Errand {
  readonly message: Message
  readonly task: Task
}

const read = ({ message: { body } }: Delivery, { language, service, tasks }: TaskWorkerOptions): Errand | Error => {
  try {
    const { message } = language.decode(body)
    const task = tasks.get(message.type)
    if (!task) throw new Undecodable('unknown_type', `${service} does no task ${message.type}`)
    return { message, task }
  } catch (error) {
    return toError(error)
  }
}

/** Does the task and tells its outcome; `skipped` where there was nothing to do. @throws {Unavailable} where its outcome waits for a locked row for too long, or the service stops. */
const work = async (
  { message, task, delivery, turn, outcomes, waitsAloneMs }: Errand & Attempted,
  options: TaskWorkerOptions,
): Promise<'done' | 'skipped'> => {
  const { language, service, queue, reactor, tracing, now, stopping } = options
  const span = tracing.process(message, { queue, delivery })
  try {
    const result = outcomes.of(message) ?? (await inSpan(span, ask))
    const outcome = outcomeOf(result)
    if (outcome) await tell(outcome)
    endSpan(span)
    return result === nothingAsked ? 'skipped' : 'done'
  } catch (error) {
    endSpan(span, toError(error))
    throw error
  }

  async function ask(): Promise<TaskResult> {
    try {
      const result = await task.perform(message, { number: delivery.attempts + 1, signal: stopping })
      if (result !== nothingAsked) turn.answered()
      return result
    } catch (error) {
      if (taskFaultOf(error).outage === false) turn.answered()
      throw error
    }
  }

  async function tell(outcome: Draft): Promise<void> {
    outcomes.keep(message, outcome)
    const sealed = language.seal(outcome, { service, now: now(), cause: message, trace: traceContextOf(span) })
    const waiting = { patient: true, ...(waitsAloneMs !== undefined && { waitsAloneMs }) }
    const result = await reactor({ decoded: asDecoded(sealed), ...waiting })
    if (result.status === 'failed') throw result.error
    outcomes.drop(message)
  }
}

/** Outcomes that are not stored yet, by the message of their task: it may be delivered again before they are. */
interface Outcomes {
  readonly of: (task: Message) => Draft | undefined
  readonly keep: (task: Message, outcome: Draft) => void
  readonly drop: (task: Message) => void
}

/** Outcomes of tasks that were given up stay, until so many newer ones are there. */
const maxOutcomes = 1_000

const createOutcomes = (): Outcomes => {
  const kept = new Map<string, Draft>()
  return {
    of: ({ id }) => kept.get(id),
    keep: ({ id }, outcome) => {
      kept.set(id, outcome)
      const [oldest] = kept.keys()
      if (kept.size > maxOutcomes && oldest !== undefined) kept.delete(oldest)
    },
    drop: ({ id }) => void kept.delete(id),
  }
}

/** A message that was made here, as if it had been received. */
export const asDecoded = (message: Message): Decoded => ({ message, hash: contentHash(message.data) })
