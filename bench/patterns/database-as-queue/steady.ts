/** An almost empty queue: the latency of a task, and the price of waiting for the next one. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Summary } from '../../src/results/statistics.ts'
import { type CpuUsed, startCpuMeter } from '../cpu-meter.ts'
import { nowMs } from '../now.ts'
import type { Sizes } from './sizes.ts'
import { makeTask, makeTasks } from './task.ts'
import type { OpenedQueue } from './with-queue.ts'

export interface Steady {
  readonly latency: Summary
  readonly tasks: number
  /** While it handles the tasks. */
  readonly cpu: CpuUsed
  /** Without tasks. Only that of Postgres is exact: that of the others is shorter than a tick of the kernel. */
  readonly idle: CpuUsed
}

const perSecond = 100

export const measureSteady = async (
  { queue, send, complete, outcomes, kinds }: OpenedQueue,
  { idleMs, steadyMs, consumers }: Pick<Sizes, 'idleMs' | 'steadyMs'> & { readonly consumers: number },
): Promise<Steady> => {
  await queue.consume(consumers)
  await send(makeTasks(perSecond)) // the first ones prepare statements
  await complete()
  const readIdle = startCpuMeter(kinds)
  await pause(idleMs)
  const idle = readIdle()
  const tasks = (steadyMs / 1_000) * perSecond
  const readSteady = startCpuMeter(kinds)
  const beginMs = nowMs()
  const sending: Promise<void>[] = []
  for (let index = 0; index < tasks; index += 1) {
    const dueMs = beginMs + (index / perSecond) * 1_000
    await pause(Math.max(0, dueMs - nowMs()))
    sending.push(send([makeTask(dueMs)])) // a slow answer does not delay the next task
  }
  await Promise.all(sending)
  await complete()
  return { idle, cpu: readSteady(), tasks, latency: await outcomes.latencies(beginMs) }
}
