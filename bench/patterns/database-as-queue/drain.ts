/** Tasks wait before the consumers start: how fast these take them. */
import { type CpuUsed, startCpuMeter } from '../cpu-meter.ts'
import type { DrainSize } from './sizes.ts'
import { makeTask, makeTasks } from './task.ts'
import type { OpenedQueue } from './with-queue.ts'

export interface Drain {
  readonly tasks: number
  /** From the sending of one more task, when the consumers have started, to its outcome, ms. */
  readonly latencyMs: number
  readonly cpu: CpuUsed
}

/** The number of tasks that are sent together. */
const sendSize = 500

export const measureDrain = async (
  { queue, send, complete, outcomes, kinds, session }: OpenedQueue,
  { waiting, consumers }: DrainSize,
): Promise<Drain> => {
  for (let left = waiting; left > 0; left -= sendSize) await send(makeTasks(Math.min(left, sendSize)))
  await queue.filled()
  await session.query('vacuum analyze') // as autovacuum does, which may not have come yet
  const read = startCpuMeter(kinds)
  await queue.consume(consumers)
  const last = makeTask()
  await send([last])
  await complete()
  const cpu = read()
  return { tasks: waiting + 1, cpu, latencyMs: (await outcomes.latencies(last.dueMs)).p50 }
}
