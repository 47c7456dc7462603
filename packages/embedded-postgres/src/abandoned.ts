/**
 * External clusters to which their directories no longer point. The pointer may have been deleted by mistake, so the files of
 * such a cluster are kept beside it.
 */
import { existsSync, readdirSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createClusterFile, readClusterFile } from './cluster-file.ts'
import { codeOf } from './error-code.ts'
import { stopLeftover } from './leftover.ts'

type Log = (line: string) => void

/** The file in an external cluster that contains the path of the directory to which it belongs. */
const ownerFile = 'quadrille.directory'

/** Writes the path of the directory into its external cluster, for messages. */
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
