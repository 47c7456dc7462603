/** The CPU time of groups of processes, from /proc (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html). */
import { readdirSync, readFileSync } from 'node:fs'

/**
 * `services`: the application. `other`: a server that only it needs. `load`: the load generator with its session in Postgres.
 * `bench`: the benchmark itself, and servers that the measured system does not use.
 */
export type ProcessKind = 'services' | 'postgres' | 'broker' | 'other' | 'load' | 'bench'

/** Processes by id. A process without an entry counts as its nearest ancestor with one. */
export type Kinds = ReadonlyMap<number, ProcessKind>

/** Leaves out a process that is not on this machine, whose id is null. A later entry replaces an earlier one of the same process. */
export const kindsOf = (processes: readonly (readonly [number | null, ProcessKind])[]): Map<number, ProcessKind> =>
  new Map(processes.flatMap(([pid, kind]) => (pid === null ? [] : [[pid, kind] as const])))

export interface CpuTimes {
  /** The time of each kind since the start of its processes, ms. A kind without processes has none. */
  readonly byKind: Readonly<Partial<Record<ProcessKind, number>>>
  /** The time that all processors of the machine were busy, ms. */
  readonly machineMs: number
  /** The time that the hypervisor gave to other machines, ms. */
  readonly stolenMs: number
}

/** USER_HZ, which is 100 on all platforms of Node. */
const ticksPerSecond = 100
const msPerTick = 1_000 / ticksPerSecond

/** One process, with the time of its children that have exited. */
export interface ProcessTimes {
  readonly pid: number
  readonly parent: number
  readonly ms: number
}

/** The present CPU times. Null without /proc, as on macOS. */
export const readCpu = (kinds: Kinds): CpuTimes | null => {
  if (process.platform !== 'linux') return null
  const [cpuLine = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
  const times = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (readProcess(name) ?? []) : []))
  return { byKind: sumByKind(times, kinds), ...machineTimes(cpuLine) }
}

/** Busy are user, nice, system, irq and softirq. Guest time is part of user. */
export const machineTimes = (cpuLine: string): Pick<CpuTimes, 'machineMs' | 'stolenMs'> => {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = cpuLine
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return { machineMs: (user + nice + system + irq + softirq) * msPerTick, stolenMs: steal * msPerTick }
}

export const sumByKind = (times: readonly ProcessTimes[], kinds: Kinds): CpuTimes['byKind'] => {
  const parents = new Map(times.map(({ pid, parent }) => [pid, parent]))
  const sums: Partial<Record<ProcessKind, number>> = Object.fromEntries([...kinds.values()].map((kind) => [kind, 0]))
  for (const { pid, ms } of times) {
    const kind = kindOf(pid, kinds, parents)
    if (kind) sums[kind] = (sums[kind] ?? 0) + ms
  }
  return sums
}

const kindOf = (pid: number, kinds: Kinds, parents: ReadonlyMap<number, number>): ProcessKind | undefined => {
  for (let id: number | undefined = pid; id !== undefined; id = parents.get(id)) {
    const kind = kinds.get(id)
    if (kind) return kind
  }
  return undefined
}

/** Null if the process has exited meanwhile. */
const readProcess = (pid: string): ProcessTimes | null => {
  const stat = readIfPresent(`/proc/${pid}/stat`)
  return stat === null ? null : parseStat(stat, readIfPresent(`/proc/${pid}/schedstat`))
}

const readIfPresent = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code))) return null
    throw error
  }
}

/**
 * The times in /proc/PID/stat are rounded down to ticks of 10 ms. The sessions of Postgres have one thread each, for which
 * schedstat is exact: it matters if many of them are almost idle. @param schedstat - null if the kernel has none
 */
export const parseStat = (stat: string, schedstat: string | null): ProcessTimes => {
  const pid = Number.parseInt(stat, 10)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ') // the name before may contain spaces
  const field = (number: number): number => Number(fields[number - 3])
  const ofChildren = (field(16) + field(17)) * msPerTick
  const isExact = field(20) === 1 && schedstat !== null
  const own = isExact ? Number.parseInt(schedstat, 10) / 1e6 : (field(14) + field(15)) * msPerTick
  return { pid, parent: field(4), ms: own + ofChildren }
}
