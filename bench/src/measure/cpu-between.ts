/** The CPU time between two readings. */
import { availableParallelism } from 'node:os'
import type { Figures } from '../results/figures.ts'
import type { CpuTimes, ProcessKind } from './cpu.ts'

/** Null if there is no reading. */
export const cpuBetween = (from: CpuTimes | null, to: CpuTimes | null): CpuTimes | null => {
  if (!from || !to) return null
  const times = Object.entries(to.byKind) as [ProcessKind, number][]
  return {
    byKind: Object.fromEntries(times.map(([kind, ms]) => [kind, ms - (from.byKind[kind] ?? 0)])),
    machineMs: to.machineMs - from.machineMs,
    stolenMs: to.stolenMs - from.stolenMs,
  }
}

/** The times divided by a duration or a number of orders. A kind without processes has none. */
export const dividedBy = ({ byKind }: CpuTimes, divisor: number): CpuTimes['byKind'] =>
  Object.fromEntries(Object.entries(byKind).map(([kind, ms]) => [kind, ms / divisor]))

/** The shares of the machine that others used in `ms`. The kernel's own threads, which write to the disk, count as others. */
export const ofOtherPrograms = ({ byKind, machineMs, stolenMs }: CpuTimes, ms: number): Figures => {
  const ours = Object.values(byKind).reduce((sum, one) => sum + one, 0)
  const ofMachine = (value: number) => (Math.max(0, value) / ms / availableParallelism()) * 100
  return { others: ofMachine(machineMs - ours), stolen: ofMachine(stolenMs) }
}
