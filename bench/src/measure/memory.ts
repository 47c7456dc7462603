/** The resident memory of processes, from /proc. */
import { readFileSync } from 'node:fs'

/** In MB. Null without /proc, or if the process has exited. */
export const residentMemory = (pid: number): number | null => {
  try {
    return parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return null
  }
}

export const parseStatus = (status: string): number => (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024) / 1e6
