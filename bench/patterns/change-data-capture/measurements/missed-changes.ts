/** The changes of a table of states that a query for new versions misses between two looks. */
import { setTimeout as pause } from 'node:timers/promises'
import { type DatabasePool, openDatabase } from '@quadrille/postgres'
import { type Pgoutput, PgoutputPlugin } from 'pg-logical-replication'
import type { Context } from '../../comparison.ts'
import { createOutbox } from './surroundings.ts'

export interface MissedChanges {
  readonly reader: string
  readonly seen: number
  /** States that were replaced before the next look. */
  readonly replaced: number
  readonly deleted: number
  /** Last states whose transaction began before the newest one that a look had seen, and committed after it. */
  readonly late: number
}

const states = ['placed', 'paid', 'fulfilled'] as const

interface Row {
  readonly id: number
  readonly version: number
}

const keyOf = ({ id, version }: Row): string => `${id} ${version}`

/**
 * Orders that change their state three times. A quarter of them are then deleted, and a tenth of the transactions stay open for
 * a while. Each reader counts what it has seen.
 */
export const measureMissedChanges = async ({ servers, quick, log }: Context): Promise<MissedChanges[]> => {
  log('changes that a query misses')
  const orders = quick ? 60 : 400
  await using outbox = await createOutbox(await servers.postgres('logical'))
  const database = openDatabase({ url: outbox.url, applicationName: 'orders', max: 40, onIdleError: () => undefined })
  await database.query(`create table purchase (id integer primary key, state text not null, version integer not null,
                                               updated_at timestamptz not null default now())`)
  await database.query('create publication purchases for table purchase')
  await database.query(`select pg_create_logical_replication_slot('purchases', 'pgoutput')`)
  const readers = [100, 1_000].map((everyMs) => startReader(database, everyMs))
  await Promise.all(Array.from({ length: orders }, (_, id) => liveThrough(database, id)))
  const inLog = await readLog(database)
  const made = states.length * orders + inLog.deletions
  const last = await database.query<Row>('select id, version from purchase')
  const results = await Promise.all(
    readers.map(async ({ everyMs, stop }) => {
      const seen = await stop()
      const late = last.filter((row) => !seen.has(keyOf(row))).length
      const replaced = made - inLog.deletions - seen.size - late
      return { reader: `query, every ${everyMs} ms`, seen: seen.size, replaced, deleted: inLog.deletions, late }
    }),
  )
  if (inLog.versions + inLog.deletions !== made)
    throw new Error(`The log has ${inLog.versions} versions of ${made} changes.`)
  await database.query(`select pg_drop_replication_slot('purchases')`)
  await database.end()
  return [...results, { reader: 'log', seen: made, replaced: 0, deleted: 0, late: 0 }]
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
  if (id % 4 === 1) await database.query('delete from purchase where id = $1', [id])
}

/** Remembers the newest time that it has seen, as most examples do. */
const startReader = (database: DatabasePool, everyMs: number) => {
  const seen = new Set<string>()
  let watermark = new Date(0)
  let stopping = false
  const look = async () => {
    const rows = await database.query<Row & { updated_at: Date; mark: string }>(
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
