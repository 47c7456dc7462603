import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { eraseEmbeddedPostgres } from '@quadrille/postgres/embedded'
import { ConfigError } from '@quadrille/service'
import type { Options } from './options.ts'

/**
 * Deletes all state in DATA_DIR, but not the lock that we hold on it.
 * @throws {ConfigError} where the state is on a server that isn't ours alone.
 */
export const reset = async ({ DATA_DIR, DATABASE_URL }: Options, say: (line: string) => void): Promise<void> => {
  if (DATABASE_URL !== undefined) {
    throw new ConfigError(
      '--reset is for the embedded Postgres: drop the quadrille_… databases at DATABASE_URL yourself',
    )
  }
  say(`deleting all state in ${DATA_DIR}`)
  await eraseEmbeddedPostgres(DATA_DIR, say)
  const state = (await readdir(DATA_DIR)).filter((name) => !name.startsWith('lock'))
  await Promise.all(state.map((name) => rm(join(DATA_DIR, name), { recursive: true, force: true })))
}
