import { randomUUID } from 'node:crypto'
import { existsSync, realpathSync, statSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Account, canEnter, makeSystemDirectory, nobody, ownerOf, runsAsRoot, systemDirectory } from './account.ts'
import { deleteCluster } from './leftover.ts'
import { checkExternal, pointerIn, preliminary, readPointer, writePreliminary } from './pointer.ts'

export interface ClusterLocation {
  /** The folder of the cluster's files. */
  readonly cluster: string
  /** The account for Postgres. Null for that of this process. */
  readonly account: Account | null
  /** The pointer to complete when an external cluster is complete. Null if that is done, or the cluster is in the directory. */
  readonly pointer: string | null
}

type Log = (line: string) => void

/**
 * The location of a directory's cluster, existing or new: in the directory, or, if only root can enter that, below
 * /var/lib/quadrille (an external cluster). A pointer file in the directory then contains the location. Deleting that
 * file requests an empty database; the former one stays where it is.
 * @throws if the external cluster is missing, or the directory is a copy of the one with that cluster, or was moved.
 */
export const locateCluster = async (directory: string, log: Log): Promise<ClusterLocation> => {
  await mkdir(directory, { recursive: true })
  const real = realpathSync(directory)
  const cluster = join(real, 'postgres')
  if (!runsAsRoot()) return { cluster: checkOwner(cluster), account: null, pointer: null }
  if (existsSync(cluster)) return { cluster, account: ownerOf(cluster), pointer: null }
  const account = nobody()
  const pointer = pointerIn(real)
  const target = readPointer(pointer)
  if (target !== undefined) {
    checkExternal(target, pointer)
    return { cluster: target, account, pointer: null }
  }
  const begun = readPointer(preliminary(pointer))
  if (!begun && canEnter(real, account)) return { cluster, account, pointer: null }
  return { cluster: await prepareExternal(pointer, begun, log), account, pointer }
}

const checkOwner = (cluster: string): string => {
  const owner = statSync(cluster, { throwIfNoEntry: false })?.uid ?? process.getuid?.()
  if (owner === process.getuid?.() && !existsSync(pointerIn(dirname(cluster)))) return cluster
  throw new Error(
    `The database of ${dirname(cluster)} was created by another user. Start as that user, or in another directory.`,
  )
}

/** The path of an external cluster that is still to be made, or whose pointer is still to be completed. */
const prepareExternal = async (pointer: string, begun: string | undefined, log: Log): Promise<string> => {
  await makeSystemDirectory()
  const cluster = begun || join(systemDirectory, randomUUID())
  if (existsSync(cluster)) checkExternal(cluster, preliminary(pointer))
  else log(`only root can enter ${dirname(pointer)}, so its new database is in ${cluster}`)
  if (cluster !== begun) await writePreliminary(pointer, cluster)
  return cluster
}

/**
 * Stops the server of this directory's cluster, and deletes the cluster and its pointer. Other files of the directory
 * stay. The next start creates a new cluster.
 * @throws if the directory is a copy of the one with an external cluster, or was moved.
 */
export const deleteEmbeddedPostgres = async (directory: string, log: Log): Promise<void> => {
  if (!existsSync(directory)) return
  const real = realpathSync(directory)
  const pointer = pointerIn(real)
  const existing = existsSync(pointer) ? pointer : preliminary(pointer)
  const external = runsAsRoot() ? readPointer(existing) : undefined
  if (external && existsSync(external)) checkExternal(external, existing)
  await deleteCluster(join(real, 'postgres'), log)
  // After a kill from here on, the next start uses the cluster if it is complete. Otherwise it makes another one.
  if (existing === pointer) await rename(pointer, preliminary(pointer))
  if (external) await deleteCluster(external, log)
  await rm(preliminary(pointer), { force: true })
}
