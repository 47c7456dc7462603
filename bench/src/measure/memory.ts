/** The resident memory of processes, from /proc. */
import { readFileSync } from 'node:fs'

export interface Resident {
  /** Now, MB. */
  readonly mb: number
  /** Since the start of the process, MB. */
  readonly peakMb: number
}

/** Null without /proc, or if the process has exited. */
export const residentMemory = (pid: number): Resident | null => {
  try {
    return parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return null
  }
}

export const parseStatus = (status: string): Resident => {
  const read = (name: string) => (Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1_024) / 1e6
  return { mb: read('VmRSS'), peakMb: read('VmHWM') }
}
