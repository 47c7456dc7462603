import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { deleteEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { ConfigError } from '@quadrille/service'
import type { Options } from './options.ts'

/**
 * Deletes all state in DATA_DIR, except for our own lock.
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
  say(`deleting all state in ${DATA_DIR}`)
  await deleteEmbeddedPostgres(DATA_DIR, say)
  const state = (await readdir(DATA_DIR)).filter((name) => !name.startsWith('lock'))
  await Promise.all(state.map((name) => rm(join(DATA_DIR, name), { recursive: true, force: true })))
}
