import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { readPassword, superuser } from './initialize.ts'
import { isPostgresOn, readPidFile } from './pid-file.ts'
import { pointerIn, readPointer } from './pointer.ts'

/**
 * The URL of the server that another process has started in this directory. Null if none accepts connections. Only
 * reads.
 * @throws if its files belong to another user and can't be read.
 */
export const runningEmbeddedPostgres = (directory: string): string | null => {
  if (!existsSync(directory)) return null
  const real = realpathSync(directory)
  const cluster = readPointer(pointerIn(real)) || join(real, 'postgres')
  const server = readPidFile(cluster)
  if (!server?.ready || !isPostgresOn(cluster, server.pid)) return null
  return `postgres://${superuser}:${readPassword(cluster)}@127.0.0.1:${server.port}/postgres`
}
