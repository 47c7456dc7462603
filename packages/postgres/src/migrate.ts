import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'

export interface Migrations {
  /** A folder of .sql files, run in the order of their numbers. */
  readonly directory: URL
  /** The table that remembers what was run. */
  readonly table: string
}

/**
 * Brings the schema up to date. Safe to call from any number of processes at once: they take turns under an advisory lock.
 * All that is pending is one transaction.
 */
export const migrate = async (databaseUrl: string, { directory, table }: Migrations): Promise<void> => {
  const quiet = () => undefined
  await runner({
    databaseUrl,
    dir: fileURLToPath(directory),
    migrationsTable: table,
    direction: 'up',
    advisoryLockMode: 'wait',
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  })
}
