import type { Database } from '@quadrille/postgres'
import { noon } from '@quadrille/testing'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { createDeadLetterService } from '../../src/dead-letters/dead-letter-service.ts'
import { replayReadable } from '../../src/dead-letters/replay-readable.ts'
import { deadLetterTable } from '../../src/dead-letters/table/store.ts'
import { aParcel, draft, newParcelId, post, seal } from '../post.ts'
import { aDatabase, aDeadLetter } from './table/a-database.ts'

const later = { reason: 'future_version', queue: 'tracker.inbox', exchange: 'counter.events' }

/** Parks a message that this version can read, and returns the id of its dead letter. */
const parkReadable = async (database: Database, id?: string): Promise<string> => {
  const message = seal(draft('ParcelSent', aParcel(newParcelId())), { service: 'counter', now: noon })
  const body = Buffer.from(JSON.stringify(message))
  const deadLetter = aDeadLetter({ ...later, ...(id && { id }) }, { body })
  await deadLetterTable(database).add([deadLetter])
  return deadLetter.id
}

/** Parks messages whose queue no longer exists. Their ids begin with this digit. */
const parkStranded = (database: Database, count: number, digit: string) =>
  database.query(
    `insert into dead_letter (id, message_id, type, queue, reason, error, attempts, first_failed_at, last_failed_at, message,
                              headers, body)
     select ($2 || lpad(to_hex(n), 31, '0'))::uuid, $2 || n, '', 'gone.inbox', 'future_version', '', 1, now(), now(), '{}', '{}', ''
     from generate_series(1, $1::integer) as n`,
    [count, digit],
  )

/** Changes which queue a dead letter names, which a running service does not expect. */
const moveTo = (database: Database, queue: string) => database.query('update dead_letter set queue = $1', [queue])

/** The job, as after a start of its service. */
const startJob = (database: Database) => {
  const service = createDeadLetterService({
    language: post,
    topology: {
      queues: [{ name: 'tracker.inbox', exchanges: [] }],
      direct: 'tracker.direct',
      events: 'tracker.events',
      fanout: null,
    },
    database,
    dryRun: () => Promise.reject(new Error('Nothing is tried.')),
    onReplayed: () => undefined,
    onDiscarded: () => undefined,
  })
  return replayReadable(service, 'tracker', pino({ level: 'silent' }))
}

const replayed = async (database: Database) =>
  (await database.query<{ id: string }>('select letter_id as id from outbox')).map(({ id }) => id)

it('a run checks a limited number of messages, and the next one continues after them', async () => {
  const database = await aDatabase()
  const oldest = await parkReadable(database)
  await parkStranded(database, 5_000, 'f')
  const run = startJob(database)
  await run()
  expect(await replayed(database)).toEqual([])
  await run()
  expect(await replayed(database)).toEqual([oldest])
})

it('each message is checked twice at most until the service is started again', async () => {
  const database = await aDatabase()
  const id = await parkReadable(database)
  await parkReadable(database)
  await moveTo(database, 'gone.inbox')
  const run = startJob(database)
  await run()
  await run()
  await database.query("update dead_letter set parked_at = parked_at - interval '1 hour' where id = $1", [id])
  await moveTo(database, 'tracker.inbox')
  await run()
  expect(await replayed(database)).not.toContain(id)
  await startJob(database)()
  expect(await replayed(database)).toContain(id)
})

it('a message is replayed that was parked before others, and committed after they were checked', async () => {
  const database = await aDatabase()
  await parkStranded(database, 1, 'f')
  const run = startJob(database)
  await run()
  await run()
  await parkStranded(database, 1, 'e')
  await run()
  const id = await parkReadable(database, '00000000-0000-7000-8000-000000000001')
  await database.query(
    "update dead_letter set parked_at = (select parked_at from dead_letter where id::text ~ '^f') + interval '1 millisecond' where id = $1",
    [id],
  )
  await run()
  expect(await replayed(database)).toEqual([id])
})

it('after a replay that failed, the next run repeats it', async () => {
  const database = await aDatabase()
  const newest = await parkReadable(database)
  await parkStranded(database, 150, '0')
  const run = startJob(database)
  await database.query('alter table outbox add constraint closed check (false)')
  await expect(run()).rejects.toThrow('closed')
  await database.query('alter table outbox drop constraint closed')
  await run()
  expect(await replayed(database)).toEqual([newest])
})
