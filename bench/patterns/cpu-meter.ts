import { type Kinds, type ProcessKind, readCpu } from '../src/measure/cpu.ts'
import { cpuBetween } from '../src/measure/cpu-between.ts'

export interface CpuUsed {
  /** The time since the start of the meter, ms. */
  readonly ms: number
  /** The CPU time of a kind of process, ms. NaN without /proc, or without a process of this kind. */
  readonly of: (kind: ProcessKind) => number
}

/** Returns a function that reads the meter. */
export const startCpuMeter = (kinds: Kinds): (() => CpuUsed) => {
  const [begin, begun] = [readCpu(kinds), performance.now()]
  return () => {
    const [ms, used] = [performance.now() - begun, cpuBetween(begin, readCpu(kinds))]
    return { ms, of: (kind) => used?.byKind[kind] ?? Number.NaN }
  }
}
