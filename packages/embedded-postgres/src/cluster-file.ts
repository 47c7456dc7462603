/**
 * The files of a cluster that this process reads and writes itself. As root it must not follow a link there: the folder
 * belongs to the account of Postgres, which could make root read or overwrite any file.
 */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf, isAbsent } from './error-code.ts'

/** Without O_NONBLOCK, opening a named pipe would wait for its other end. */
const withoutLinks = constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * The file's text. Undefined if it does not exist; it may be deleted at any time.
 * @throws if it is not a regular file, or has a second hard link.
 */
export const readClusterFile = (cluster: string, name: string): string | undefined =>
  withFile(join(cluster, name), constants.O_RDONLY, (file) => readFileSync(file, 'utf8'))

/**
 * Replaces the text of an existing file. Does nothing if it does not exist. The file is never empty meanwhile: a kill or a full
 * disk would leave it so.
 * @throws if it is not a regular file, or has a second hard link.
 */
export const overwriteClusterFile = (cluster: string, name: string, text: string): void =>
  withFile(join(cluster, name), constants.O_WRONLY, (file) => {
    writeFileSync(file, text)
    ftruncateSync(file, Buffer.byteLength(text))
  })

/** Creates the file, in place of one that exists. */
export const createClusterFile = (cluster: string, name: string, text: string): void => {
  const path = join(cluster, name)
  rmSync(path, { force: true })
  writeFileSync(path, text, { flag: 'wx', flush: true }) // fails at a link, because it must create the file
}

const withFile = <T>(path: string, access: number, use: (file: number) => T): T | undefined => {
  const file = openIfExists(path, access)
  if (file === undefined) return undefined
  try {
    const stats = fstatSync(file)
    if (!stats.isFile() || stats.nlink > 1) throw notRegular(path)
    return use(file)
  } finally {
    closeSync(file)
  }
}

const openIfExists = (path: string, access: number): number | undefined => {
  try {
    return openSync(path, access | withoutLinks)
  } catch (cause) {
    if (isAbsent(cause)) return undefined
    if (codeOf(cause) === 'ELOOP' || codeOf(cause) === 'ENXIO') throw notRegular(path, cause)
    throw cause
  }
}

const notRegular = (path: string, cause?: unknown): Error =>
  new Error(
    `${path} is not a regular file, or has a second hard link. Another program may have put it there: ` +
      'find out which. Then delete the file, and restore it unless it is postmaster.pid.',
    { cause },
  )
