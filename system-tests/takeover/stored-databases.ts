/** A recorded database of a service: the applied migrations, and all rows. */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { ServiceName } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { outboxMigrations } from '@quadrille/outbox'
import { type Migrations, migrate } from '@quadrille/postgres'
import { Client } from 'pg'

type Row = Readonly<Record<string, unknown>>

export interface StoredDatabase {
  /** The names of the applied migrations, by their table. */
  readonly migrations: Readonly<Record<string, readonly string[]>>
  /** By table, with its schema. */
  readonly rows: Readonly<Record<string, readonly Row[]>>
  /** The last values of the sequences that have one. */
  readonly sequences: Readonly<Record<string, number>>
}

const query = async <Found>(client: Client, text: string, values: readonly unknown[] = []): Promise<Found[]> =>
  (await client.query(text, [...values])).rows

const onDatabase = async <Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/**
 * Fills an empty database: applies the same migrations, and inserts the rows. Moves all timestamps by `laterMs`, as if the
 * rows had been stored that much later.
 */
export const restore = async (
  url: string,
  service: ServiceName,
  { stored, laterMs }: { readonly stored: StoredDatabase; readonly laterMs: number },
): Promise<void> => {
  for (const all of [outboxMigrations, definitions[service].migrations])
    await migrateAsBefore(url, all, stored.migrations[all.table] ?? [])
  await onDatabase(url, async (client) => {
    await query(client, `set session_replication_role = replica`) // no foreign keys: tables are in alphabetical order
    for (const [table, rows] of Object.entries(stored.rows)) {
      await query(
        client,
        `insert into ${table} overriding system value select * from json_populate_recordset(null::${table}, $1)`,
        [JSON.stringify(rows)],
      )
      await moveTimes(client, table, laterMs)
    }
    for (const [sequence, last] of Object.entries(stored.sequences))
      await query(client, 'select setval($1::regclass, $2)', [sequence, last])
  })
}

/** Applies only the migrations with these names. */
const migrateAsBefore = async (url: string, { directory, table }: Migrations, names: readonly string[]) => {
  const folder = await mkdtemp(join(tmpdir(), 'quadrille-migrations-'))
  try {
    for (const name of names) await cp(fileURLToPath(new URL(`${name}.sql`, directory)), join(folder, `${name}.sql`))
    await migrate(url, { directory: pathToFileURL(`${folder}/`), table })
  } finally {
    await rm(folder, { recursive: true })
  }
}

const moveTimes = async (client: Client, table: string, laterMs: number): Promise<void> => {
  const columns = await query<{ name: string }>(
    client,
    `select quote_ident(attname) as name from pg_attribute
     where attrelid = $1::regclass and atttypid = 'timestamptz'::regtype and not attisdropped`,
    [table],
  )
  if (columns.length === 0) return
  const moved = columns.map(({ name }) => `${name} = ${name} + $1 * interval '1 ms'`)
  await query(client, `update ${table} set ${moved.join(', ')}`, [laterMs])
}
