import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface FolderLock {
  stop(): Promise<void>
}

/**
 * Creates the folder, and locks it until `stop` or the end of this process, so that two processes never use one
 * embedded Postgres. The kernel holds the lock (that of an SQLite file: https://sqlite.org/lockingv3.html), so it never
 * outlives its process.
 * @throws if another process holds the lock, or the folder can't be written to. The messages refer to it as DATA_DIR.
 */
export const lockFolder = (folder: string): FolderLock => {
  // Only for the message: opening and closing the lock file itself would release the lock.
  const holder = join(folder, 'lock.pid')
  const file = open(folder)
  try {
    file.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    file.close()
    if (!isBusy(cause)) throw cause
    const who = existsSync(holder) ? `process ${readFileSync(holder, 'utf8').trim()}` : 'another process'
    throw new Error(`${folder} is in use by ${who}. Stop that process, or set DATA_DIR to another folder.`, { cause })
  }
  writeFileSync(holder, `${process.pid}\n`)
  return { stop: async () => file.close() }
}

const open = (folder: string): DatabaseSync => {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    return new DatabaseSync(join(folder, 'lock'), { timeout: 0 })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause
    throw new Error(`${folder} is not writable (${reason}): set DATA_DIR to a writable folder.`, { cause })
  }
}

/** SQLITE_BUSY, https://sqlite.org/rescode.html */
const isBusy = (error: unknown): boolean => error instanceof Error && 'errcode' in error && error.errcode === 5
