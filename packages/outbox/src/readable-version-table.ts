/** The versions of messages that every consumer could read when a service's database was created: one statement a function. */
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

/** Returns the stored versions. Empty for a database that is older than this table. */
export const findReadableVersions = async (sql: Sql): Promise<PublishVersions> => {
  const rows = await sql.query<{ type: string; version: number }>('select type, version from readable_version')
  return Object.fromEntries(rows.map(({ type, version }) => [type, version]))
}
