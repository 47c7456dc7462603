import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { pointerName } from './cluster-location.ts'
import { readPassword, superuser } from './initialize.ts'
import { isPostgresOn, readPidFile } from './pid-file.ts'

/**
 * The URL of the server that another process has started in this directory, or null where none takes connections.
 * Nothing is touched.
 * @throws where its files may not be read: they are another user's.
 */
export const runningEmbeddedPostgres = (directory: string): string | null => {
  if (!existsSync(directory)) return null
  const cluster = clusterOf(realpathSync(directory))
  const server = readPidFile(cluster)
  if (!server?.ready || !isPostgresOn(cluster, server.pid)) return null
  return `postgres://${superuser}:${readPassword(cluster)}@127.0.0.1:${server.port}/postgres`
}

/** In the directory itself, or where its pointer file leads. */
const clusterOf = (directory: string): string => {
  const pointer = join(directory, pointerName)
  return existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : join(directory, 'postgres')
}
