/** Folders for the files of temporary servers. */
import { mkdtempSync, readdirSync, readlinkSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRunning } from '@quadrille/embedded-postgres'

/** A file system in memory, on Linux. In containers it is often small. */
const memory = '/dev/shm'
/** Far more than the servers of a test run use, so that they leave enough to all others, bytes. */
const spareBytes = 4 * 1024 ** 3

/**
 * Creates a folder for a server whose files need not survive: in memory if enough of it is free, otherwise with the temporary
 * files. A database has 300 files. On a disk, creating and deleting them can take five times the processor time. The caller deletes
 * the folder. If it was killed before, the next call of another process in the same container does.
 */
export const makeServerFolder = (): string => {
  for (const parent of [memory, tmpdir()]) deleteAbandoned(parent)
  const parent = Math.min(freeBytes(memory), process.availableMemory()) >= spareBytes ? memory : tmpdir()
  return mkdtempSync(join(parent, `quadrille-server-${pidNamespace}-${process.pid}-`))
}

const readPidNamespace = (): string => {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')
  } catch {
    return '0' // not on this system
  }
}

/** The number of the namespace in which process ids are unique: containers may share the folder. */
const pidNamespace = readPidNamespace()

const deleteAbandoned = (parent: string): void => {
  for (const name of namesIn(parent)) {
    const [, namespace, pid] = /^quadrille-server-(\d+)-(\d+)-/.exec(name) ?? []
    if (namespace !== pidNamespace || isRunning(Number(pid))) continue
    try {
      rmSync(join(parent, name), { recursive: true, force: true })
    } catch {
      // it is that of another user
    }
  }
}

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return [] // it does not exist, or is that of another user
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
