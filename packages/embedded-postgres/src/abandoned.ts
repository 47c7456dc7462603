import { existsSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { systemDirectory } from './binaries.ts'
import { deleteCluster } from './leftover.ts'
import { readIfExists } from './read-if-exists.ts'

/** The file in an external cluster that contains the path of the directory to which it belongs. */
const ownerFile = 'quadrille.directory'

/** Called when the pointer exists, because a cluster with an owner and without a pointer is deleted. */
export const writeOwner = (cluster: string, pointer: string): Promise<void> =>
  writeFile(join(cluster, ownerFile), `${dirname(pointer)}\n`)

/**
 * Deletes external clusters whose directories were deleted or no longer point to them. If even the parent of a
 * directory is missing, it may be on an unmounted disk, so its cluster is kept.
 */
export const deleteAbandoned = async (pointerName: string, log: (line: string) => void): Promise<void> => {
  const clusters = readdirSync(systemDirectory).map((name) => join(systemDirectory, name))
  for (const cluster of clusters) {
    const owner = readIfExists(join(cluster, ownerFile))?.trim() // another start may delete the same clusters
    if (owner !== undefined && existsSync(dirname(owner)) && !existsSync(join(owner, pointerName)))
      await deleteCluster(cluster, log)
  }
}
