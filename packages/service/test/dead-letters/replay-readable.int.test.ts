import type { DeadLetter } from '@quadrille/messaging'
import type { Database } from '@quadrille/postgres'
import { noon, planOf, statementsOf } from '@quadrille/testing'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { createDeadLetters } from '../../src/dead-letters/dead-letters.ts'
import { createDeadLetterMetrics } from '../../src/dead-letters/metrics.ts'
import { replayReadable } from '../../src/dead-letters/replay-readable.ts'
import { deadLetterTable } from '../../src/dead-letters/table/store.ts'
import { listUnreadable, start } from '../../src/dead-letters/table/unreadable.ts'
import { aParcel, draft, type Message, newParcelId, post, seal } from '../post.ts'
import { tracked } from '../tally/tracker-service.ts'
import { aDatabase, aDeadLetter } from './table/a-database.ts'

const later = { reason: 'future_version', queue: 'tracker.inbox', exchange: 'counter.events' }

const unknownTask = { reason: 'unknown_type', queue: 'tracker.tasks', exchange: 'tracker.direct' }

const parcelSent = (): Message => seal(draft('ParcelSent', aParcel(newParcelId())), { service: 'counter', now: noon })

const announce = (): Message => {
  const { parcelId, sender, weight } = aParcel(newParcelId())
  const parcel = draft('Announce', { parcelId, sender, weight, occasion: 'parcel_sent' })
  return seal(parcel, { service: 'tracker', now: noon })
}

/** Parks a message, and returns the id of its dead letter. */
const park = async (database: Database, details: Partial<DeadLetter>, message: object): Promise<string> => {
  const deadLetter = aDeadLetter(details, { body: Buffer.from(JSON.stringify(message)) })
  await deadLetterTable(database).add([deadLetter])
  return deadLetter.id
}

/** Parks a message that this version can read, and returns the id of its dead letter. */
const parkReadable = (database: Database): Promise<string> => park(database, later, parcelSent())

/** Parks tasks whose queue no longer exists. Their ids begin with this digit. */
const parkStranded = (database: Database, count: number, digit: string) =>
  database.query(
    `insert into dead_letter (id, message_id, type, queue, reason, error, attempts, first_failed_at, last_failed_at, message,
                              headers, body)
     select ($2 || lpad(to_hex(n), 31, '0'))::uuid, $2 || n, '', 'gone.inbox', 'future_version', '', 1, now(), now(), '{}', '{}', $3
     from generate_series(1, $1::integer) as n`,
    [count, digit, Buffer.from(JSON.stringify(announce()))],
  )

/** The job, as after a start of its service. */
const startJob = (database: Database, language = post) => {
  const topology = {
    queues: ['tracker.inbox', 'tracker.tasks'].map((name) => ({ name, exchanges: [] })),
    direct: 'tracker.direct',
    events: 'tracker.events',
    fanout: null,
  }
  const deadLetters = createDeadLetters(
    {
      language,
      topology,
      storage: { database },
      relay: { sweepSoon: () => undefined },
      deadLetterMetrics: createDeadLetterMetrics(new Registry()),
    },
    () => Promise.reject(new Error('Nothing is tried.')),
  )
  return replayReadable(deadLetters, tracked.model, pino({ level: 'silent' }))
}

const replayed = async (database: Database) =>
  (await database.query<{ id: string }>('select letter_id as id from outbox')).map(({ id }) => id)

it('a run checks a limited number of messages, and the next one continues after them', async () => {
  const database = await aDatabase()
  await parkStranded(database, 5_000, 'f')
  const newest = await parkReadable(database)
  const run = startJob(database)
  await run()
  expect(await replayed(database)).toEqual([])
  await run()
  expect(await replayed(database)).toEqual([newest])
})

it('a message whose schema fails does not keep others parked', async () => {
  const database = await aDatabase()
  const failing = await park(database, later, { broken: true })
  const decode: typeof post.decode = (body) => {
    if (Buffer.from(body).includes('broken')) throw new TypeError('a check of the schema failed')
    return post.decode(body)
  }
  const readable = await parkReadable(database)
  await startJob(database, { ...post, decode })()
  expect(await replayed(database)).toEqual([readable])
  expect(await database.query('select status from dead_letter where id = $1', [failing])).toEqual([
    { status: 'parked' },
  ])
})

it('reads only messages that were parked after those that it has checked', async () => {
  const database = await aDatabase()
  await parkStranded(database, 10_000, 'f')
  await database.query('analyze dead_letter')
  const [statement] = await statementsOf((sql) => listUnreadable(sql, start, 100))
  const plan = statement && (await planOf(database, statement))
  expect(plan).toMatch(/^Limit\n +-> +Index Scan.*\n +Index Cond: \(ROW\(parked_at, id\) > ROW\(.*$/)
})

it('a task that an older instance did not know is replayed, and none that this version does not have', async () => {
  const database = await aDatabase()
  await park(database, unknownTask, { ...announce(), type: 'Renamed' })
  await park(database, unknownTask, parcelSent())
  const id = await park(database, unknownTask, announce())
  await startJob(database)()
  expect(await replayed(database)).toEqual([id])
})

it('a message is replayed that was parked before others, and committed after they were checked', async () => {
  const database = await aDatabase()
  await parkStranded(database, 1, 'f')
  const run = startJob(database)
  await run()
  await run()
  const id = await parkReadable(database)
  await database.query("update dead_letter set parked_at = parked_at - interval '20 seconds' where id = $1", [id])
  await run()
  expect(await replayed(database)).toEqual([id])
})

it('a message that another transaction holds is replayed by a later run', async () => {
  const database = await aDatabase()
  const [held, free] = [await parkReadable(database), await parkReadable(database)]
  const run = startJob(database)
  await database.transaction(async (sql) => {
    await sql.query('select 1 from dead_letter where id = $1 for update', [held])
    await run()
  })
  expect(await replayed(database)).toEqual([free])
  await run()
  expect(await replayed(database)).toEqual([free, held])
})

it('after a replay that failed, the next run repeats it', async () => {
  const database = await aDatabase()
  const oldest = await parkReadable(database)
  await parkStranded(database, 150, '0')
  const run = startJob(database)
  for (const table of ['outbox', 'dead_letter_operation']) {
    await database.query(`alter table ${table} add constraint closed check (false)`)
    await expect(run()).rejects.toThrow('closed')
    await database.query(`alter table ${table} drop constraint closed`)
    expect(await replayed(database)).toEqual([])
  }
  await run()
  expect(await replayed(database)).toEqual([oldest])
})
