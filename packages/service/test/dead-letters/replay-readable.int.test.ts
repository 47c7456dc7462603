import { noon } from '@quadrille/testing'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { createDeadLetterService } from '../../src/dead-letters/dead-letter-service.ts'
import { replayReadable } from '../../src/dead-letters/replay-readable.ts'
import { deadLetterTable } from '../../src/dead-letters/table/store.ts'
import { aParcel, draft, newParcelId, post, seal } from '../post.ts'
import { aDatabase, aDeadLetter } from './table/a-database.ts'

it('a run checks a limited number of messages, and the next one continues after them', async () => {
  const database = await aDatabase()
  const message = seal(draft('ParcelSent', aParcel(newParcelId())), { service: 'counter', now: noon })
  const later = { reason: 'future_version', queue: 'tracker.inbox', exchange: 'counter.events' }
  const oldest = aDeadLetter(later, { body: Buffer.from(JSON.stringify(message)) })
  await deadLetterTable(database).add([oldest])
  await database.query(
    `insert into dead_letter (id, message_id, type, queue, reason, error, attempts, first_failed_at, last_failed_at, message,
                              headers, body)
     select ('f' || lpad(to_hex(n), 31, '0'))::uuid, n, '', 'gone.inbox', 'future_version', '', 1, now(), now(), '{}', '{}', ''
     from generate_series(1, 5000) as n`,
  )
  const replayed: number[] = []
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
    onReplayed: (count) => void replayed.push(count),
    onDiscarded: () => undefined,
  })
  const run = replayReadable(service, 'tracker', pino({ level: 'silent' }))
  await run()
  expect(replayed).toEqual([])
  await run()
  expect(replayed).toEqual([1])
  expect(await database.query('select letter_id from outbox')).toEqual([{ letter_id: oldest.id }])
})
