/** Opens a queue with a database and a virtual host of its own, and checks afterwards that each task has one outcome. */
import type { Client } from 'pg'
import { type Kinds, kindsOf } from '../../src/measure/cpu.ts'
import { openSession, pidOf } from '../../src/systems/postgres.ts'
import type { Servers } from '../../src/systems/servers.ts'
import { type Outcomes, openOutcomes } from './outcomes.ts'
import type { Task } from './task.ts'
import type { TaskQueue, TaskQueueKind } from './task-queue.ts'

export interface OpenedQueue {
  readonly queue: TaskQueue
  readonly outcomes: Outcomes
  /** A session in its database, for the measurement. */
  readonly session: Client
  readonly databaseUrl: string
  /** Sends, and counts. */
  send(tasks: readonly Task[]): Promise<void>
  sent(): number
  /** Resolves when all tasks that were sent have one outcome. @throws otherwise. */
  complete(): Promise<void>
  /** This process, which sends and handles the tasks, counts as services. */
  readonly kinds: Kinds
}

export const withQueue = async <Result>(
  kind: TaskQueueKind,
  servers: Servers,
  measure: (opened: OpenedQueue) => Promise<Result>,
): Promise<Result> => {
  const postgres = await servers.postgres('default')
  const broker = await servers.broker()
  const vhost = await broker.createVhost()
  await postgres.create(['task_queue'])
  const databaseUrl = postgres.urlOf('task_queue')
  const session = await openSession(databaseUrl)
  const outcomes = await openOutcomes(session, kind)
  const queue = await kind.open({ databaseUrl, amqpUrl: vhost.url, outcomes })
  let sent = 0
  const complete = () => outcomes.complete(sent, () => queue.failure())
  try {
    const result = await measure({
      queue,
      outcomes,
      session,
      databaseUrl,
      complete,
      send: async (tasks) => {
        sent += tasks.length
        await queue.send(tasks)
      },
      sent: () => sent,
      kinds: kindsOf([
        [process.pid, 'services'],
        [postgres.pid, 'postgres'],
        [postgres.sessionPid, 'bench'],
        [await pidOf(session), 'bench'],
        [broker.pid, kind.usesRabbitMq ? 'broker' : 'bench'], // it also runs while it is not used
      ]),
    })
    await complete()
    return result
  } finally {
    await queue.stop()
    await session.end()
    await postgres.dropAll()
    await vhost.drop()
  }
}
