import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Part } from './parts.ts'

/**
 * Keeps others from starting in the same folder, until `stop` or until this process ends in whatever way. The kernel holds
 * the lock (that of an SQLite file: https://sqlite.org/lockingv3.html), so there is no stale one to take over, and no
 * process id to mistake for another's.
 * @throws if somebody else holds it, or the folder can't be written to.
 */
export const lockFolder = async (folder: string): Promise<Part> => {
  const holder = join(folder, 'lock.pid') // only for the message; who opens and closes the lock file itself lets go of the lock
  const file = open(folder)
  try {
    file.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    file.close()
    if (!isBusy(cause)) throw cause
    const who = existsSync(holder) ? `process ${readFileSync(holder, 'utf8').trim()}` : 'another process'
    throw new Error(`${folder} is in use by ${who}. Stop that, or set DATA_DIR to another folder.`, { cause })
  }
  writeFileSync(holder, `${process.pid}\n`)
  return { name: 'lock', stop: async () => file.close() }
}

const open = (folder: string): DatabaseSync => {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    return new DatabaseSync(join(folder, 'lock'), { timeout: 0 })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause
    throw new Error(`${folder} can't be written to (${reason}): set DATA_DIR to a folder that can.`, { cause })
  }
}

/** SQLITE_BUSY, https://sqlite.org/rescode.html */
const isBusy = (error: unknown): boolean => error instanceof Error && 'errcode' in error && error.errcode === 5
