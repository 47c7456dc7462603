import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { systemDirectory } from './binaries.ts'
import { eraseCluster } from './leftover.ts'

/** In a cluster that lives elsewhere: the directory that it belongs to. */
const ownerFile = 'quadrille.directory'

export const writeOwner = (cluster: string, pointer: string): Promise<void> =>
  writeFile(join(cluster, ownerFile), `${dirname(pointer)}\n`)

/**
 * Erases the clusters elsewhere whose directories have been deleted, or hold no pointer to them any more. Where even the
 * parent of a directory is missing it may be on a disk that isn't there now, so that its cluster stays.
 */
export const eraseAbandoned = async (pointerName: string, log: (line: string) => void): Promise<void> => {
  const clusters = readdirSync(systemDirectory).map((name) => join(systemDirectory, name))
  for (const cluster of clusters.filter((path) => existsSync(join(path, ownerFile)))) {
    const owner = readFileSync(join(cluster, ownerFile), 'utf8').trim()
    if (existsSync(dirname(owner)) && !existsSync(join(owner, pointerName))) await eraseCluster(cluster, log)
  }
}
