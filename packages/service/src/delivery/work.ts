/** The tasks of a service's work queues, and how many of them may start. */
import type { Task } from './task.ts'

export interface WiredWork {
  /** The tasks of each work queue, by type. */
  readonly work?: Readonly<Record<string, Readonly<Record<string, Task>>>>
  /**
   * The maximum number of tasks of a work queue that start per second, on all instances together. At most one second's worth starts
   * at once. A queue that is absent has no limit of its own.
   */
  readonly rates?: Readonly<Record<string, number | undefined>>
  /** The maximum number of tasks of a work queue that run concurrently in this instance. Default: TASK_CONCURRENCY, also the maximum. */
  readonly concurrency?: Readonly<Record<string, number>>
}
