/**
 * External clusters whose directories no longer point to them. The directory may have been deleted, but also moved, or
 * its disk may not be mounted, so the files of such a cluster are kept beside it.
 */
import { existsSync, readdirSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { systemDirectory } from './binaries.ts'
import { createClusterFile, readClusterFile } from './cluster-file.ts'
import { codeOf } from './error-code.ts'
import { deleteCluster, stopLeftover } from './leftover.ts'

type Log = (line: string) => void

/** The file in an external cluster that contains the path of the directory to which it belongs. */
const ownerFile = 'quadrille.directory'

/** Called when the pointer exists, because a cluster with an owner and without a pointer is abandoned. */
export const writeOwner = (cluster: string, pointer: string): void =>
  createClusterFile(cluster, ownerFile, `${dirname(pointer)}\n`)

/** The directory to which an external cluster belongs. Undefined if it is not complete, or does not exist. */
export const readOwner = (cluster: string): string | undefined => readClusterFile(cluster, ownerFile)?.trim()

const suffix = '.abandoned'

/** Where the files of a cluster are kept that was abandoned, perhaps several times. */
export const keptFor = (cluster: string): string[] => {
  const parent = dirname(cluster)
  const names = existsSync(parent) ? readdirSync(parent) : []
  return names
    .filter((name) => name.startsWith(`${basename(cluster)}${suffix}`))
    .sort()
    .map((name) => join(parent, name))
}

/**
 * Abandons external clusters whose directories have no pointer. If even the parent of a directory is missing, it is
 * probably on an unmounted disk, so its cluster stays. A cluster with a file that cannot be
 * read, such as a link, does not prevent the start of others.
 */
export const abandonOthers = async (pointerName: string, log: Log): Promise<void> => {
  const names = readdirSync(systemDirectory).filter((name) => !name.includes(suffix))
  for (const cluster of names.map((name) => join(systemDirectory, name))) {
    try {
      await abandonWithoutPointer(cluster, pointerName, log)
    } catch (error) {
      log(`skipped the database ${cluster}, which may no longer be in use: ${String(error)}`)
    }
  }
}

const abandonWithoutPointer = async (cluster: string, pointerName: string, log: Log): Promise<void> => {
  const owner = readOwner(cluster) // another start may abandon the same clusters
  if (owner === undefined || !existsSync(dirname(owner)) || existsSync(join(owner, pointerName))) return
  if (cluster.includes('.unfinished-')) await deleteCluster(cluster, log)
  else await abandon(cluster, log)
}

/** Stops the server of a cluster, and moves its files aside. Does nothing if it does not exist. */
export const abandon = async (cluster: string, log: Log): Promise<void> => {
  if (!existsSync(cluster)) return
  await stopLeftover(cluster, log)
  const owner = readOwner(cluster)
  const kept = await keep(cluster)
  if (kept === null) return
  log(
    `${owner ?? 'a folder'} no longer points to its database, which is kept in ${kept}: delete it if it is not needed`,
  )
}

/**
 * Renames the cluster, with the first free number. Never replaces one that is kept: it may be the one with the user's data.
 * Returns the new path; null if the cluster does not exist any more.
 */
const keep = async (cluster: string, number = 1): Promise<string | null> => {
  const kept = `${cluster}${suffix}-${number}`
  try {
    await rename(cluster, kept)
    return kept
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error
    return keep(cluster, number + 1)
  }
}

/**
 * Puts back the files of a cluster to which a directory points again. Returns where they were kept; null if none are kept.
 * @throws if several are kept.
 */
export const takeBack = async (cluster: string): Promise<string | null> => {
  const [kept, ...others] = keptFor(cluster)
  if (kept === undefined) return null
  if (others.length > 0)
    throw new Error(
      `The database ${cluster} is missing, and several former ones are kept: ${[kept, ...others].join(', ')}. ` +
        `Rename the right one to ${cluster}.`,
    )
  await rename(kept, cluster)
  return kept
}
