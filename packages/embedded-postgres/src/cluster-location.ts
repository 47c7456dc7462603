import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { abandon, keptFor, readOwner } from './abandoned.ts'
import { type Account, canEnter, makeSystemDirectory, nobody, ownerOf, runsAsRoot, systemDirectory } from './account.ts'
import { deleteCluster } from './leftover.ts'

export interface ClusterLocation {
  /** The folder of the cluster's files. */
  readonly cluster: string
  /** The account for Postgres. Null for that of this process. */
  readonly account: Account | null
  /** The file in the directory with the path of an external cluster. Null if the cluster is in the directory. */
  readonly pointer: string | null
}

type Log = (line: string) => void

/** The name of the pointer file. */
export const pointerName = 'postgres.path'

/**
 * The location of a directory's cluster, existing or new: in the directory, or, if only root can enter that, below
 * /var/lib/quadrille (an external cluster). A pointer file in the directory then contains the location. Deleting that
 * file requests an empty database; the files of the former one are kept beside it.
 * @throws if the directory is a copy of one with such a cluster, or was moved, or if only former clusters exist.
 */
export const locateCluster = async (directory: string, log: Log): Promise<ClusterLocation> => {
  await mkdir(directory, { recursive: true })
  const real = realpathSync(directory)
  const cluster = join(real, 'postgres')
  if (!runsAsRoot()) return { cluster: checkOwner(cluster), account: null, pointer: null }
  if (existsSync(cluster)) return { cluster, account: ownerOf(cluster), pointer: null }
  const location = externalLocation(real)
  if (existsSync(location.pointer)) return pointedTo(location, log)
  await abandon(location.cluster, log)
  if (canEnter(real, location.account)) return { ...location, cluster, pointer: null }
  await makeSystemDirectory()
  return location
}

const checkOwner = (cluster: string): string => {
  const pointer = join(dirname(cluster), pointerName)
  const owner = statSync(cluster, { throwIfNoEntry: false })?.uid ?? process.getuid?.()
  if (owner === process.getuid?.() && !existsSync(pointer)) return cluster
  throw new Error(
    `The database of ${dirname(cluster)} was created by another user. Start as that user, or in another directory.`,
  )
}

const externalLocation = (directory: string) => ({
  cluster: join(systemDirectory, createHash('sha256').update(directory).digest('hex').slice(0, 16)),
  account: nobody(),
  pointer: join(directory, pointerName),
})

const pointedTo = (location: ClusterLocation & { pointer: string }, log: Log): ClusterLocation => {
  const target = readFileSync(location.pointer, 'utf8').trim()
  if (target !== location.cluster) {
    throw new Error(
      `${location.pointer} points to ${target}, the database of another folder: this folder was copied or moved. ` +
        `Move the folder back to ${readOwner(target) ?? 'its former path'}, or delete the file to start with an empty database.`,
    )
  }
  const kept = keptFor(target)
  if (existsSync(target)) {
    if (kept.length > 0) log(`${kept.join(' and ')} may contain an earlier database of ${dirname(location.pointer)}`)
    return location
  }
  if (kept.length > 0)
    throw new Error(
      `The database ${target} is missing. Former ones are kept: ${kept.join(', ')}. ` +
        `Rename the right one to ${target}, or delete ${location.pointer} to start with an empty database.`,
    )
  log(`${target}, to which ${location.pointer} points, is missing: starting with an empty database`)
  return location
}

const unfinished = (pointer: string): string => `${pointer}.new`

export const writePointer = async (pointer: string, cluster: string): Promise<void> => {
  await writeFile(unfinished(pointer), `${cluster}\n`, { flush: true })
  await rename(unfinished(pointer), pointer)
}

/**
 * Stops the server of this directory's cluster, and deletes the cluster, all abandoned ones, and its pointer. Other
 * files of the directory stay. The next start creates a new cluster.
 */
export const deleteEmbeddedPostgres = async (directory: string, log: Log): Promise<void> => {
  if (!existsSync(directory)) return
  const real = realpathSync(directory)
  await deleteCluster(join(real, 'postgres'), log)
  if (runsAsRoot()) {
    const { cluster } = externalLocation(real)
    await deleteCluster(cluster, log)
    for (const kept of keptFor(cluster)) await rm(kept, { recursive: true, force: true, maxRetries: 5 })
  }
  const pointer = join(real, pointerName)
  await Promise.all([pointer, unfinished(pointer)].map((path) => rm(path, { force: true })))
}
