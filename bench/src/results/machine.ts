/** Describes the machine of a run. */
import { readFileSync, statfsSync } from 'node:fs'
import { availableParallelism, cpus, release, tmpdir, totalmem, type } from 'node:os'
import type { Machine } from './result.ts'

export const describeMachine = (): Machine => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memoryGb: Math.round(totalmem() / 1e9),
  system: nameOfSystem(),
})

const nameOfSystem = (): string => {
  try {
    const [, name = type()] = /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? []
    return `${name}, ${type()} ${release()}`
  } catch {
    return `${type()} ${release()}`
  }
}

/** The magic numbers of tmpfs and ramfs (https://man7.org/linux/man-pages/man2/statfs.2.html). */
const inMemory = [0x01021994, 0x858458f6]

/** A warning if Postgres would write into memory, where a sync costs nothing. Otherwise null. */
export const warnOfMemoryDisk = (): string | null =>
  inMemory.includes(statfsSync(tmpdir()).type)
    ? `${tmpdir()} is in memory, so that syncs cost nothing: set TMPDIR to a folder on a disk.`
    : null
