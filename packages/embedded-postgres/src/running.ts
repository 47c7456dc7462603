import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { pointerName } from './cluster-location.ts'
import { readPassword, superuser } from './initialize.ts'
import { isPostgresOn, readPidFile } from './pid-file.ts'

/**
 * The URL of the server that another process has started in this directory. Null if none accepts connections. Only
 * reads.
 * @throws if its files belong to another user and can't be read.
 */
export const runningEmbeddedPostgres = (directory: string): string | null => {
  if (!existsSync(directory)) return null
  const cluster = clusterOf(realpathSync(directory))
  const server = readPidFile(cluster)
  if (!server?.ready || !isPostgresOn(cluster, server.pid)) return null
  return `postgres://${superuser}:${readPassword(cluster)}@127.0.0.1:${server.port}/postgres`
}

/** In the directory itself, or at the target of its pointer file. */
const clusterOf = (directory: string): string => {
  const pointer = join(directory, pointerName)
  return existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : join(directory, 'postgres')
}
