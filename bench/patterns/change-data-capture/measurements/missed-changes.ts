/** The changes of a table of states that a query for new versions misses between two looks. */
import { setTimeout as pause } from 'node:timers/promises'
import { type DatabasePool, openDatabase } from '@quadrille/postgres'
import { type Pgoutput, PgoutputPlugin } from 'pg-logical-replication'
import type { Context } from '../../comparison.ts'
import { createOutbox } from './surroundings.ts'

export interface MissedChanges {
  readonly reader: string
  readonly seen: number
  /** States that were not seen before the next one replaced them. */
  readonly replaced: number
  /** Deletions, and last states that were not seen before their deletion. */
  readonly deleted: number
  /** Last states whose transaction began before the newest one that a look had seen, and committed after it. */
  readonly late: number
}

const states = ['placed', 'paid', 'fulfilled'] as const
const lastVersion = states.length - 1
const isDeleted = (id: number): boolean => id % 4 === 1

interface Row {
  readonly id: number
  readonly version: number
}

const keyOf = ({ id, version }: Row): string => `${id} ${version}`

/**
 * Orders that change their state three times. A quarter of them are then deleted, and a tenth of the transactions stay open for
 * a while. Each reader counts what it has seen.
 */
export const measureMissedChanges = async ({ servers, quick, log: report }: Context): Promise<MissedChanges[]> => {
  report('changes that a query misses')
  const orders = quick ? 60 : 400
  await using outbox = await createOutbox(await servers.postgres('logical'))
  const database = openDatabase({ url: outbox.url, applicationName: 'orders', max: 40, onIdleError: () => undefined })
  await database.query(`create table purchase (id integer primary key, state text not null, version integer not null,
                                               updated_at timestamptz not null default now())`)
  await database.query('create publication purchases for table purchase')
  await database.query(`select pg_create_logical_replication_slot('purchases', 'pgoutput')`)
  const readers = [100, 1_000].map((everyMs) => startReader(database, everyMs))
  const ids = Array.from({ length: orders }, (_, id) => id)
  await Promise.all(ids.map((id) => liveThrough(database, id)))
  const deletions = ids.filter(isDeleted).length
  const results = await Promise.all(
    readers.map(async ({ everyMs, stop }) => {
      const seen = await stop()
      const unseen = (version: number) => ids.filter((id) => !seen.has(keyOf({ id, version })))
      const replaced = Array.from({ length: lastVersion }, (_, version) => unseen(version).length)
      const [deleted, late] = [true, false].map((wanted) =>
        unseen(lastVersion).filter((id) => isDeleted(id) === wanted),
      )
      return {
        reader: `query, every ${everyMs} ms`,
        seen: seen.size,
        replaced: replaced.reduce((sum, count) => sum + count, 0),
        deleted: deletions + (deleted?.length ?? 0),
        late: late?.length ?? 0,
      }
    }),
  )
  const log = await readLog(database)
  await database.query(`select pg_drop_replication_slot('purchases')`)
  await database.end()
  const missed = { replaced: states.length * orders - log.versions, deleted: deletions - log.deletions, late: 0 }
  if (missed.replaced !== 0 || missed.deleted !== 0)
    throw new Error(`The log misses ${missed.replaced} states and ${missed.deleted} deletions.`)
  return [...results, { reader: 'log', seen: log.versions + log.deletions, ...missed }]
}

/** Deterministic, so that each run has the same changes. */
const pauseMs = (id: number, step: number): number => 5 + ((id * 7_919 + step * 104_729) % 150)

const liveThrough = async (database: DatabasePool, id: number): Promise<void> => {
  await pause((id * 37) % 2_000)
  await database.query(`insert into purchase (id, state, version) values ($1, $2, 0)`, [id, states[0]])
  for (const [version, state] of [...states.entries()].slice(1)) {
    await pause(pauseMs(id, version))
    await database.transaction(async (sql) => {
      await sql.query('update purchase set state = $2, version = $3, updated_at = now() where id = $1', [
        id,
        state,
        version,
      ])
      if ((id + version) % 10 === 0) await pause(300)
    })
  }
  await pause(pauseMs(id, 3))
  if (isDeleted(id)) await database.query('delete from purchase where id = $1', [id])
}

/** Remembers the newest time that it has seen, as most examples do. */
const startReader = (database: DatabasePool, everyMs: number) => {
  const seen = new Set<string>()
  let watermark = new Date(0)
  let stopping = false
  const look = async () => {
    const rows = await database.query<Row & { updated_at: Date }>(
      'select id, version, updated_at from purchase where updated_at > $1 order by updated_at',
      [watermark],
    )
    for (const row of rows) seen.add(keyOf(row))
    watermark = rows.at(-1)?.updated_at ?? watermark
  }
  const run = async () => {
    while (!stopping) {
      await look()
      await pause(everyMs)
    }
    await look()
  }
  const running = run()
  const stop = async () => {
    stopping = true
    await running
    return seen
  }
  return { everyMs, stop }
}

const readLog = async (database: DatabasePool) => {
  const rows = await database.query<{ data: Buffer }>(
    `select data from pg_logical_slot_get_binary_changes('purchases', null, null, 'proto_version', '1',
                                                         'publication_names', 'purchases')`,
  )
  const plugin = new PgoutputPlugin({ protoVersion: 1, publicationNames: [] })
  const tags = rows.map(({ data }) => (plugin.parse(data) as Pgoutput.Message).tag)
  const count = (...wanted: string[]) => tags.filter((tag) => wanted.includes(tag)).length
  return { versions: count('insert', 'update'), deletions: count('delete') }
}
