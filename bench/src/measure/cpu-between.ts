/** The CPU time between two readings. */
import { availableParallelism } from 'node:os'
import type { Figures } from '../results/figures.ts'
import type { CpuTimes, ProcessKind } from './cpu.ts'

/** Null if there is no reading. */
export const cpuBetween = (from: CpuTimes | null, to: CpuTimes | null): CpuTimes | null => {
  if (!from || !to) return null
  const kinds = Object.keys(to.byKind) as ProcessKind[]
  return {
    byKind: Object.fromEntries(kinds.map((kind) => [kind, to.byKind[kind] - from.byKind[kind]])) as CpuTimes['byKind'],
    machineMs: to.machineMs - from.machineMs,
    stolenMs: to.stolenMs - from.stolenMs,
  }
}

/** The shares of the machine that others used in `ms`. The kernel's own threads, which write to the disk, count as others. */
export const ofOtherPrograms = ({ byKind, machineMs, stolenMs }: CpuTimes, ms: number): Figures => {
  const ours = Object.values(byKind).reduce((sum, one) => sum + one)
  const ofMachine = (value: number) => (Math.max(0, value) / ms / availableParallelism()) * 100
  return { others: ofMachine(machineMs - ours), stolen: ofMachine(stolenMs) }
}
