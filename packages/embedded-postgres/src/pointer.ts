/**
 * The pointer of a directory: a file with the path of its external cluster. The cluster has a random name, so the pointer alone
 * says which cluster belongs to the directory. A directory without its files, such as one whose volume is not mounted, gets another
 * cluster, and the first one stays as it is.
 *
 * The pointer has a preliminary name until the cluster is complete. So a start knows what a killed one has begun, and a pointer
 * without its cluster is an error.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { systemDirectory } from './account.ts'
import { createClusterFile, readClusterFile } from './cluster-file.ts'
import { syncDirectory } from './sync-directory.ts'

export const pointerIn = (directory: string): string => join(directory, 'postgres.path')

/** The preliminary name of a pointer. */
export const preliminary = (pointer: string): string => `${pointer}.new`

/**
 * The path in a pointer. Undefined if the file does not exist. Empty if a start was killed while it wrote the path, or if no external
 * cluster can have it: a user who can write the file must not lead root to other files.
 */
export const readPointer = (pointer: string): string | undefined => {
  if (!statSync(pointer, { throwIfNoEntry: false })) return undefined
  const path = readFileSync(pointer, 'utf8').trim()
  return resolve(path) === path && dirname(path) === systemDirectory ? path : ''
}

/** Durable before the cluster is made. Otherwise a power failure could leave a cluster with data to which nothing points. */
export const writePreliminary = async (pointer: string, cluster: string): Promise<void> => {
  await writeFile(preliminary(pointer), `${cluster}\n`, { flush: true })
  await syncDirectory(dirname(pointer))
}

/** For a complete cluster. A power failure may undo it, and the next start repeats it. */
export const completePointer = (pointer: string): Promise<void> => rename(preliminary(pointer), pointer)

/** The file in an external cluster that contains the path of the directory to which it belongs. */
const ownerFile = 'quadrille.directory'

export const writeOwner = (cluster: string, directory: string): void =>
  createClusterFile(cluster, ownerFile, `${directory}\n`)

/**
 * A copy of a directory has the same pointer. Two servers on one cluster would stop each other.
 * @throws if the external cluster is missing, or belongs to another directory.
 */
export const checkExternal = (cluster: string, pointer: string): void => {
  const directory = dirname(pointer)
  if (!existsSync(cluster))
    throw new Error(
      `The database of ${directory} is missing: ${pointer} points to ${cluster || `no path in ${systemDirectory}`}. ` +
        'Mount its volume, restore it from a backup, or delete that file to start with an empty database.',
    )
  const other = readClusterFile(cluster, ownerFile)?.trim()
  if (other === directory) return
  throw new Error(
    `${pointer} points to ${cluster}, the database of ${other ?? 'an unknown folder'}: this folder was copied or moved. ` +
      `If it was moved, move it back, or write ${directory} to ${join(cluster, ownerFile)}. ` +
      `If it is a copy, delete ${pointer} to start with an empty database.`,
  )
}
