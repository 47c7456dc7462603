/** The tables and the chart. */
import type { Chart, Table } from '../comparison.ts'
import type { CpuUsed } from '../cpu-meter.ts'
import { rounded } from '../rounded.ts'
import type { Taken } from './basic-get.ts'
import type { Drain } from './drain.ts'
import type { DrainSize, Sizes } from './sizes.ts'
import type { Snapshot } from './snapshot.ts'
import type { Steady } from './steady.ts'
import type { TaskQueueKind } from './task-queue.ts'

/** A result of each queue. */
export type Measured<Result> = readonly (readonly [TaskQueueKind, Result])[]

const processes = ['services', 'postgres', 'broker'] as const
const cpuColumns = ['application', 'Postgres', 'RabbitMQ']

/** One cell for each of the columns. */
const cpuCells = (cpu: CpuUsed, unit: (ms: number) => number): string[] =>
  processes.map((kind) => rounded(unit(cpu.of(kind))))

export const steadyTable = (steady: readonly (readonly [consumers: number, Measured<Steady>])[]): Table => ({
  title:
    'No waiting tasks, 100 tasks/s: latency in ms, CPU time in ms per task; without tasks: CPU of Postgres in % of a core',
  columns: ['queue', 'consumers', 'p50', 'p99', ...cpuColumns, 'idle: Postgres'],
  rows: steady.flatMap(([consumers, measured]) =>
    measured.map(([{ name }, { latency, tasks, cpu, idle }]) => [
      name,
      String(consumers),
      rounded(latency.p50),
      rounded(latency.p99),
      ...cpuCells(cpu, (ms) => ms / tasks),
      rounded((idle.of('postgres') / idle.ms) * 100),
    ]),
  ),
})

const rateOf = ({ tasks, cpu }: Drain): number => (tasks / cpu.ms) * 1_000

export const drainTable = (drains: readonly Measured<Drain>[], sizes: Sizes): Table => {
  const [largest = []] = drains.slice(-1)
  return {
    title:
      'Waiting tasks: tasks/s; in the last of these columns also the latency in s of a task sent then, and CPU time in ms per 100 tasks',
    columns: ['queue', ...sizes.drains.map(describeSize), 'latency', ...cpuColumns],
    rows: largest.map(([{ name }, { cpu, tasks, latencyMs }], index) => [
      name,
      ...drains.flatMap((measured) => measured.slice(index, index + 1).map(([, drain]) => rounded(rateOf(drain)))),
      rounded(latencyMs / 1_000),
      ...cpuCells(cpu, (ms) => (ms / tasks) * 100),
    ]),
  }
}

const describeSize = ({ waiting, consumers }: DrainSize): string =>
  `${waiting.toLocaleString('en')} by ${consumers} ${consumers === 1 ? 'consumer' : 'consumers'}`

export const snapshotTable = (measured: Measured<Snapshot>, { snapshotMs }: Sizes): Table => {
  const [before, held] = [snapshotMs.before / 1_000, snapshotMs.held / 1_000].map(Math.floor)
  return {
    title: `As many tasks as possible, 8 consumers, while a snapshot is held for ${held} s: tasks/s`,
    columns: ['queue', 'before', 'at its end', 'after', 'dead rows at its end'],
    rows: measured.map(([{ name }, { perSecond, deadRows }]) => [
      name,
      ...snapshotRates(perSecond, before ?? 0, held ?? 0).map(rounded),
      rounded(deadRows),
    ]),
  }
}

/** Before, in the last 3 s of the snapshot, and after. Without the first second, in which statements are prepared. */
const snapshotRates = (perSecond: readonly number[], before: number, held: number): number[] =>
  [
    perSecond.slice(1, before),
    perSecond.slice(before + held - 3, before + held),
    perSecond.slice(before + held + 1),
  ].map((counts) => counts.reduce((sum, count) => sum + count, 0) / counts.length)

export const snapshotChart = (measured: Measured<Snapshot>): Chart => ({
  kind: 'lines',
  title: 'Tasks per second while a snapshot is held',
  panels: [
    {
      unit: 'tasks/s',
      lines: measured.map(([{ name }, { perSecond }]) => ({
        name,
        points: perSecond.map((count, second) => [second + 0.5, count] as const),
      })),
    },
  ],
})

export const takenTable = (taken: readonly Taken[], { messages }: Sizes): Table => ({
  title: `${messages.toLocaleString('en')} messages of a quorum queue by one client: messages/s, CPU time in ms per 100 messages`,
  columns: ['way', 'messages/s', 'client', 'RabbitMQ'],
  rows: taken.map(({ name, cpu }) => [
    name,
    rounded((messages / cpu.ms) * 1_000),
    rounded((cpu.of('services') / messages) * 100),
    rounded((cpu.of('broker') / messages) * 100),
  ]),
})
