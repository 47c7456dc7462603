/** Tasks: work of a service that calls external systems. Unlike a reaction, a task may do I/O and take time. Both are retried if they throw. */
import { toError } from '@quadrille/async'
import type { Draft, Language, Message, ServiceModel } from '@quadrille/messages'
import type { DraftOf, MessageOf, TaskType } from '../core/reaction.ts'

export interface Attempt {
  /** 1 for the first attempt, and one more after each failure. */
  readonly number: number
  /** Aborted if the service stops and the task takes too long. The task should give up; it is delivered again. */
  readonly signal: AbortSignal
}

export interface TaskOptions {
  /** The number of attempts before the task becomes a dead letter. Default RETRY_ATTEMPTS. Compensations have no limit. */
  readonly maxAttempts?: number
}

/**
 * The result of a task that had nothing to do, and so made no external call. It has no outcome. Unlike null, it does not show
 * that the external system answers.
 */
export const noCallMade: unique symbol = Symbol('no call made')

/**
 * The result of a task whose last attempt has failed. Its outcome is sent. The circuit breaker learns from the error, as if it had
 * been thrown.
 */
export class GivenUp<Outcome extends Draft = Draft> {
  readonly outcome: Outcome
  readonly error: Error

  constructor(outcome: Outcome, error: unknown) {
    this.outcome = outcome
    this.error = toError(error)
  }
}

/**
 * The final outcome, null if the external system has answered and there is no outcome to send, `GivenUp` with the outcome of a
 * failure, or `noCallMade`.
 */
export type TaskResult<Outcome extends Draft = Draft> = Outcome | null | GivenUp<Outcome> | typeof noCallMade

/**
 * The outcome to send, or null.
 * @throws {TypeError} for undefined: a forgotten `return`, which the compiler does not find in JavaScript.
 */
export const outcomeOf = <Outcome extends Draft>(result: TaskResult<Outcome>): Outcome | null => {
  if (result === undefined) throw new TypeError('The task returned undefined: return null if there is no outcome.')
  if (result === noCallMade) return null
  return result instanceof GivenUp ? result.outcome : result
}

export interface Task<Handles extends Message = Message, Outcome extends Draft = Draft> extends TaskOptions {
  perform(message: Handles, attempt: Attempt): Promise<TaskResult<Outcome>>
}

type OutcomeType<Model extends ServiceModel, Type extends string> = Extract<
  NonNullable<Model['work']>['tasks'][Type],
  readonly string[]
>[number]

/** A service's task of one type: it returns only outcomes that the model has for it. */
export type TaskOf<L extends Language, Model extends ServiceModel, Type extends string> = Task<
  MessageOf<L, Type>,
  DraftOf<L, OutcomeType<Model, Type>>
>

export type Tasks<L extends Language, Model extends ServiceModel> = {
  readonly [Type in TaskType<Model>]: TaskOf<L, Model, Type>
}

/**
 * The constructor of one service's tasks. `perform` resolves to the final outcome, which goes to the service's reactions, or to
 * another `TaskResult`. It throws if the outcome is unknown: then the task is retried after a delay, and the fields of the error are
 * used (see TaskFault). The same task may run twice, also at the same time, so every external effect carries an idempotency key.
 */
export const tasksOf =
  <L extends Language, Model extends ServiceModel>() =>
  <Type extends TaskType<Model>>(
    _type: Type,
    perform: (
      data: MessageOf<L, Type>['data'],
      attempt: Attempt,
    ) => Promise<TaskResult<DraftOf<L, OutcomeType<Model, Type>>>>,
    options: TaskOptions = {},
  ): TaskOf<L, Model, Type> => ({ ...options, perform: (message, attempt) => perform(message.data, attempt) })

/** A work queue as a service wires it: its tasks, and how many of them may start. */
export interface WorkQueue<TasksByType = Readonly<Record<string, Task>>> {
  /** One for each type of task. Each may run more than once, and several run at the same time, in any order. */
  readonly tasks: TasksByType
  /**
   * The maximum number of tasks that start per second, on all instances together. At most one second's worth starts at once.
   * It may be less than 1. Default: no limit but TASK_RATE.
   */
  readonly rate?: number | undefined
  /** The maximum number of tasks that run concurrently in this instance, 1 or more. Default: TASK_CONCURRENCY, also the maximum. */
  readonly concurrency?: number
}
