/**
 * External clusters whose directories no longer point to them. The directory may have been deleted, but also moved, or
 * its disk may not be mounted, so the files of such a cluster are kept beside it.
 */
import { existsSync, readdirSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { systemDirectory } from './binaries.ts'
import { deleteCluster, stopLeftover } from './leftover.ts'
import { codeOf, readIfExists } from './read-if-exists.ts'

type Log = (line: string) => void

/** The file in an external cluster that contains the path of the directory to which it belongs. */
const ownerFile = 'quadrille.directory'

/** Called when the pointer exists, because a cluster with an owner and without a pointer is abandoned. */
export const writeOwner = (cluster: string, pointer: string): Promise<void> =>
  writeFile(join(cluster, ownerFile), `${dirname(pointer)}\n`)

/** The directory to which an external cluster belongs. Undefined if it is not complete, or does not exist. */
export const readOwner = (cluster: string): string | undefined => readIfExists(join(cluster, ownerFile))?.trim()

const suffix = '.abandoned'

/** Where the files of a cluster are kept when it is abandoned. */
export const keptFor = (cluster: string): string => `${cluster}${suffix}`

/**
 * Abandons external clusters whose directories have no pointer. If even the parent of a directory is missing, it is
 * probably on an unmounted disk, so its cluster stays.
 */
export const abandonOthers = async (pointerName: string, log: Log): Promise<void> => {
  const names = readdirSync(systemDirectory).filter((name) => !name.endsWith(suffix))
  for (const cluster of names.map((name) => join(systemDirectory, name))) {
    const owner = readOwner(cluster) // another start may abandon the same clusters
    if (owner === undefined || !existsSync(dirname(owner)) || existsSync(join(owner, pointerName))) continue
    if (cluster.includes('.unfinished-')) await deleteCluster(cluster, log)
    else await abandon(cluster, log)
  }
}

/**
 * Stops the server of a cluster, and moves its files aside. They replace those that were kept for it before. Does
 * nothing if it does not exist.
 */
export const abandon = async (cluster: string, log: Log): Promise<void> => {
  if (!existsSync(cluster)) return
  await stopLeftover(cluster, log)
  const [owner, kept] = [readOwner(cluster), keptFor(cluster)]
  if (!(await replace(kept, cluster))) return
  log(
    `${owner ?? 'a folder'} no longer points to its database, which is kept in ${kept}: delete it if it is not needed`,
  )
}

/** False if the cluster does not exist any more. */
const replace = async (kept: string, cluster: string): Promise<boolean> => {
  try {
    await rename(cluster, kept)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error
    await rm(kept, { recursive: true, force: true, maxRetries: 5 })
    return replace(kept, cluster)
  }
}

/** Puts back the files of a cluster to which a directory points again. False if none are kept. */
export const takeBack = async (cluster: string): Promise<boolean> => {
  if (!existsSync(keptFor(cluster))) return false
  await rename(keptFor(cluster), cluster)
  return true
}
