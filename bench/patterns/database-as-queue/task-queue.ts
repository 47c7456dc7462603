/** The interface of the queues. They keep tasks until their consumers have written the outcomes. */
import type { Outcomes } from './outcomes.ts'
import type { Task } from './task.ts'

/** The maximum number of tasks in a transaction of a consumer. It is the task concurrency of the product. */
export const batchSize = 100

export interface TaskQueue {
  /** Resolves when the tasks are durable. */
  send(tasks: readonly Task[]): Promise<void>
  /** Resolves when all tasks that were sent wait where consumers take them from. Without consumers only. */
  filled(): Promise<void>
  /** Starts this many consumers. Each handles one batch after the other. */
  consume(consumers: number): Promise<void>
  /** The first error of the queue. It makes the run wrong. */
  failure(): unknown
  /** Ends the consumers, and closes all connections. */
  stop(): Promise<void>
}

export interface QueueOptions {
  /** A new database, which has the table of the outcomes. */
  readonly databaseUrl: string
  /** An empty virtual host. */
  readonly amqpUrl: string
  readonly outcomes: Pick<Outcomes, 'write'>
}

export interface TaskQueueKind {
  readonly name: string
  readonly usesRabbitMq: boolean
  /** True if a task may be handled again, and is then recognized by its outcome. Otherwise a second outcome makes the run wrong. */
  readonly mayRepeat: boolean
  open(options: QueueOptions): Promise<TaskQueue>
}
