/** Folders for the files of temporary servers. */
import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system in memory, on Linux. In containers it is often small. */
const memory = '/dev/shm'
/** Far more than the servers of a test run use, so that they leave enough to all others, bytes. */
const spareBytes = 4 * 1024 ** 3

/**
 * Creates a folder for a server whose files need not survive: in memory if enough of it is free, otherwise with the temporary
 * files. A database has 300 files. On a disk, creating and deleting them can take five times the processor time. The caller deletes
 * the folder. If it was killed before, the next call of another process does.
 */
export const makeServerFolder = (): string => {
  const parent = Math.min(freeBytes(memory), process.availableMemory()) >= spareBytes ? memory : tmpdir()
  deleteAbandoned(parent)
  return mkdtempSync(join(parent, `quadrille-server-${process.pid}-`))
}

const deleteAbandoned = (parent: string): void => {
  for (const name of readdirSync(parent)) {
    const [, pid] = /^quadrille-server-(\d+)-/.exec(name) ?? []
    if (pid === undefined || isRunning(Number(pid))) continue
    try {
      rmSync(join(parent, name), { recursive: true, force: true })
    } catch {
      // it is that of another user
    }
  }
}

const freeBytes = (fileSystem: string): number => {
  try {
    const { bavail, bsize } = statfsSync(fileSystem)
    return bavail * bsize
  } catch {
    return 0 // not on this system
  }
}

/** Also true for a process of another user. */
const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
