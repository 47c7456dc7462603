import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { eraseAbandoned } from './abandoned.ts'
import { type Account, canEnter, nobody, ownerOf, runsAsRoot } from './account.ts'
import { systemDirectory } from './binaries.ts'
import { eraseCluster } from './leftover.ts'

export interface ClusterLocation {
  /** The folder of the cluster's files. */
  readonly cluster: string
  /** The account for Postgres. Null for the present one. */
  readonly account: Account | null
  /** The file that leads from the directory to a cluster elsewhere. Null if the cluster is in the directory. */
  readonly pointer: string | null
}

type Log = (line: string) => void

/** The name of that file. */
export const pointerName = 'postgres.path'

/**
 * The location of a directory's cluster, existing or new: in the directory, or below /var/lib/quadrille if only root
 * can enter the directory. A pointer file in the directory then contains the location. Deleting that file requests an
 * empty database.
 * @throws if the directory is a copy of one with such a cluster, or was moved.
 */
export const locateCluster = async (directory: string, log: Log): Promise<ClusterLocation> => {
  await mkdir(directory, { recursive: true })
  const real = realpathSync(directory)
  const cluster = join(real, 'postgres')
  if (!runsAsRoot()) return { cluster: ours(cluster), account: null, pointer: null }
  if (existsSync(cluster)) return { cluster, account: ownerOf(cluster), pointer: null }
  const location = elsewhere(real)
  if (existsSync(location.pointer)) return pointedTo(location, log)
  await eraseCluster(location.cluster, log)
  if (canEnter(real, location.account)) return { ...location, cluster, pointer: null }
  await mkdir(systemDirectory, { recursive: true, mode: 0o755 })
  await eraseAbandoned(pointerName, log)
  return location
}

const ours = (cluster: string): string => {
  const pointer = join(dirname(cluster), pointerName)
  const owner = statSync(cluster, { throwIfNoEntry: false })?.uid ?? process.getuid?.()
  if (owner === process.getuid?.() && !existsSync(pointer)) return cluster
  throw new Error(
    `The database of ${dirname(cluster)} was created by another user. Start as that user, or in another directory.`,
  )
}

const elsewhere = (directory: string) => ({
  cluster: join(systemDirectory, createHash('sha256').update(directory).digest('hex').slice(0, 16)),
  account: nobody(),
  pointer: join(directory, pointerName),
})

const pointedTo = <Location extends ClusterLocation & { pointer: string }>(location: Location, log: Log): Location => {
  const target = readFileSync(location.pointer, 'utf8').trim()
  if (target !== location.cluster) {
    throw new Error(
      `${location.pointer} leads to ${target}, the database of another folder: this one was copied or moved. ` +
        'Delete the file to start afresh.',
    )
  }
  if (!existsSync(target))
    log(`${target}, where ${location.pointer} leads, is missing: starting with an empty database`)
  return location
}

/** Called before the cluster is created, because a cluster without a pointer is deleted. */
export const writePointer = async (pointer: string, cluster: string): Promise<void> => {
  await writeFile(`${pointer}.new`, `${cluster}\n`, { flush: true })
  await rename(`${pointer}.new`, pointer)
}

/** Stops the server of this directory's cluster, and deletes the cluster. The next start creates a new one. */
export const eraseEmbeddedPostgres = async (directory: string, log: Log): Promise<void> => {
  if (!existsSync(directory)) return
  const real = realpathSync(directory)
  await eraseCluster(join(real, 'postgres'), log)
  if (!runsAsRoot()) return
  const { cluster, pointer } = elsewhere(real)
  await eraseCluster(cluster, log)
  await rm(pointer, { force: true })
}
