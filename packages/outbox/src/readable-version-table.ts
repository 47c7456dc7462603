/**
 * The versions of messages that every consumer can read: the newest when a service's database was created, or those of an earlier
 * release that was started since. One statement a function.
 */
import type { PublishVersions } from '@quadrille/messages'
import { parameterTable, type Sql } from '@quadrille/postgres'

const given = parameterTable({ type: 'text', version: 'integer' })

/** Stores the versions of types that have none yet. */
export const insertReadableVersions = async (sql: Sql, versions: PublishVersions): Promise<void> => {
  await sql.query(
    `insert into readable_version (${given.columns})
     select ${given.columns} from ${given.sql} as given
     on conflict do nothing`,
    given.values(Object.entries(versions).map(([type, version]) => ({ type, version }))),
  )
}

/**
 * Lowers stored versions to these. A start of an earlier release shows that its consumers exist, which can't read newer versions. After
 * the next upgrade, publishers must not send those before all consumers can read them again.
 */
export const lowerReadableVersions = async (sql: Sql, newest: PublishVersions): Promise<void> => {
  await sql.query(
    `update readable_version as stored set version = given.version from ${given.sql} as given
     where stored.type = given.type and stored.version > given.version`,
    given.values(Object.entries(newest).map(([type, version]) => ({ type, version }))),
  )
}

/** Returns the stored versions. Empty for a database that is older than this table. */
export const findReadableVersions = async (sql: Sql): Promise<PublishVersions> => {
  const rows = await sql.query<{ type: string; version: number }>('select type, version from readable_version')
  return Object.fromEntries(rows.map(({ type, version }) => [type, version]))
}
