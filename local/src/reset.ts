import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { deleteEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { ConfigError } from '@quadrille/service'
import type { Options } from './options.ts'

/** Inventory names the folder of a database's photos by a UUID. */
const photoFolder = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Deletes all state of the shop in DATA_DIR, except for our own lock. Other files stay: DATA_DIR may be a folder that has
 * more than the shop's state, such as a home folder.
 * @throws {ConfigError} if some of the state is on another server. After a partial reset the services would handle the
 * remaining messages without knowing their orders, and charge customers a second time.
 */
export const reset = async (
  { DATA_DIR, DATABASE_URL, AMQP_URL }: Options,
  say: (line: string) => void,
): Promise<void> => {
  if (DATABASE_URL !== undefined) {
    throw new ConfigError(
      '--reset is for the embedded Postgres only: drop the databases quadrille_… at DATABASE_URL yourself',
    )
  }
  if (AMQP_URL !== undefined) {
    throw new ConfigError(
      '--reset is for the in-process broker only: the queues at AMQP_URL would keep their messages. Delete that virtual host, then reset without AMQP_URL',
    )
  }
  say(`deleting all state of the shop in ${DATA_DIR}`)
  await deleteEmbeddedPostgres(DATA_DIR, say)
  await rm(join(DATA_DIR, 'postgres.log'), { force: true })
  await deletePhotos(join(DATA_DIR, 'photos'))
}

const deletePhotos = async (folder: string): Promise<void> => {
  if (!existsSync(folder)) return
  const ours = (await readdir(folder)).filter((name) => photoFolder.test(name))
  await Promise.all(ours.map((name) => rm(join(folder, name), { recursive: true, force: true })))
}
