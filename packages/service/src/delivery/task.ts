/** Tasks: what a service has done by the outside world. Unlike a reaction, a task may wait, fail and be tried again. */
import type { DataOf, Draft, Message, MessageType } from '@quadrille/events'

export interface Attempt {
  /** 1 for the first time, and one more after each failure. */
  readonly number: number
  /** Aborted when the service stops and this takes too long: give up, and it is done again later. */
  readonly signal: AbortSignal
}

export interface TaskOptions {
  /** How often it is tried before it is parked. Default RETRY_ATTEMPTS. What compensates is never given up. */
  readonly maxAttempts?: number
}

/**
 * What a task returns that had nothing left to do, and so asked the outside for nothing. It tells nothing either: least of all
 * that the outside is there, which null does.
 */
export const nothingAsked: unique symbol = Symbol('nothing asked')

/** The final outcome, null where the outside was asked and there is nothing to tell, or `nothingAsked`. */
export type TaskResult = Draft | null | typeof nothingAsked

/** What there is to tell. */
export const outcomeOf = (result: TaskResult): Draft | null => (result === nothingAsked ? null : result)

/** The worker's code for one type of task. */
export interface Task extends TaskOptions {
  readonly type: MessageType
  readonly perform: (message: Message, attempt: Attempt) => Promise<TaskResult>
}

/**
 * A task's code. It resolves to the final outcome, which the service's reactions are told, to null where there is nothing to
 * tell, or to `nothingAsked`. It throws while the outcome is unknown: then it is done again after a delay; what the error says
 * about the outside is honoured (see TaskFault). The same task may be done twice, also at the same time, so every external
 * effect carries an idempotency key.
 */
export const task = <Type extends MessageType>(
  type: Type,
  perform: (data: DataOf<Type>, attempt: Attempt) => Promise<TaskResult>,
  options: TaskOptions = {},
): Task => ({ ...options, type, perform: (message, attempt) => perform(message.data as DataOf<Type>, attempt) })
