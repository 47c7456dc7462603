/** A work queue as a service wires it: its tasks, and how many of them may start. */
import type { Task } from './task.ts'

export interface WorkQueue<TasksByType = Readonly<Record<string, Task>>> {
  /** One for each type of task. Each may run more than once, and several run at the same time, in any order. */
  readonly tasks: TasksByType
  /**
   * The maximum number of tasks that start per second, on all instances together. At most one second's worth starts at once.
   * Default: no limit but TASK_RATE.
   */
  readonly rate?: number | undefined
  /** The maximum number of tasks that run concurrently in this instance. Default: TASK_CONCURRENCY, which is also the maximum. */
  readonly concurrency?: number
}
