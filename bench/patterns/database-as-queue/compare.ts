/** The same tasks by a table, by a library, by the product in process, and by the product with RabbitMQ. */
import type { Comparison } from '../comparison.ts'
import { compareBasicGet } from './basic-get.ts'
import { type Drain, measureDrain } from './drain.ts'
import { pgBoss } from './queues/pg-boss.ts'
import { inProcess, rabbitMq } from './queues/product.ts'
import { skipLocked } from './queues/skip-locked.ts'
import { drainTable, type Measured, snapshotChart, snapshotTable, steadyTable, takenTable } from './results.ts'
import { fullSizes, quickSizes, steadyConsumers } from './sizes.ts'
import { measureSnapshot } from './snapshot.ts'
import { measureSteady, type Steady } from './steady.ts'
import type { TaskQueueKind } from './task-queue.ts'
import { type OpenedQueue, withQueue } from './with-queue.ts'

const kinds = [skipLocked, pgBoss, inProcess, rabbitMq]

export const compareQueues: Comparison = async ({ servers, quick, log }) => {
  const sizes = quick ? quickSizes : fullSizes

  let order: readonly TaskQueueKind[] = kinds

  /** One measurement of all queues, one queue after the other: in the opposite order of the measurement before. */
  const each = async <Result>(what: string, measure: (opened: OpenedQueue) => Promise<Result>) => {
    const results: [TaskQueueKind, Result][] = []
    order = order.toReversed()
    for (const kind of order) {
      log(`${what}: ${kind.name}`)
      results.push([kind, await withQueue(kind, servers, measure)])
    }
    return results.toSorted(([one], [other]) => kinds.indexOf(one) - kinds.indexOf(other))
  }

  const steady: [consumers: number, Measured<Steady>][] = []
  for (const consumers of steadyConsumers) {
    const what = `100 tasks/s, consumers: ${consumers}`
    steady.push([consumers, await each(what, (opened) => measureSteady(opened, { ...sizes, consumers }))])
  }
  const drains: Measured<Drain>[] = []
  for (const size of sizes.drains)
    drains.push(
      await each(`${size.waiting} tasks, consumers: ${size.consumers}`, (opened) => measureDrain(opened, size)),
    )
  const snapshots = await each('a snapshot is held', (opened) => measureSnapshot(opened, sizes))
  log('basic.get')
  const taken = await compareBasicGet(servers, sizes.messages)
  return {
    tables: [steadyTable(steady), drainTable(drains, sizes), snapshotTable(snapshots, sizes), takenTable(taken, sizes)],
    charts: [snapshotChart(snapshots)],
  }
}
