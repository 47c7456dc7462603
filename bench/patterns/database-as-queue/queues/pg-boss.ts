/** pg-boss, a library for durable queues. Its transactions also complete the tasks, so that each has one outcome. */
import { type Job, PgBoss } from 'pg-boss'
import type { Task } from '../task.ts'
import { batchSize, type TaskQueueKind } from '../task-queue.ts'

const queue = 'payment-tasks'

/**
 * NOTIFY wakes an idle worker. A worker whose batch was full fetches again at once
 * (https://timgit.github.io/pg-boss/#/./api/workers).
 */
export const pgBoss: TaskQueueKind = {
  name: 'pg-boss',
  usesRabbitMq: false,
  mayRepeat: false,
  open: async ({ databaseUrl, outcomes }) => {
    const boss = new PgBoss({ connectionString: databaseUrl, useListenNotify: true, max: 20 })
    let failure: unknown
    boss.on('error', (error) => {
      failure ??= error
    })
    await boss.start()
    await boss.createQueue(queue, { notify: true })
    return {
      send: async (tasks) => {
        await boss.insert(
          queue,
          tasks.map((task) => ({ id: task.id, data: task })),
        )
      },
      filled: async () => undefined,
      consume: async (consumers) => {
        const options = {
          batchSize,
          localConcurrency: consumers,
          burstWhenBatchFull: true,
          transactional: true,
        } as const
        await boss.work(queue, options, async (jobs: Job<Task>[], transaction) => {
          const tasks = jobs.map(({ data }) => data)
          await outcomes.write((text, values) => transaction.executeSql(text, values), tasks)
        })
      },
      failure: () => failure,
      stop: () => boss.stop({ graceful: true }),
    }
  },
}
