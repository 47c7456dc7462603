/** Every dead letter can be stored, whatever the message contains, and is read unchanged. */
import { randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { findDeadLetter } from '../../../src/dead-letters/table/reading.ts'
import { settleDeadLetters } from '../../../src/dead-letters/table/settling.ts'
import { deadLetterTable } from '../../../src/dead-letters/table/store.ts'
import { aDatabase, aDeadLetter, subject } from './a-database.ts'

it('stores all fields of a dead letter, and derives subject, trace and place', async () => {
  const database = await aDatabase()
  const stack = [
    'TypeError: no such loan',
    '    at node:internal/process/task_queues:105:5',
    '    at Pool.query (file:///srv/app/node_modules/pg/lib/pool.js:12:3)',
    `    at booksLent (${new URL('../../../../../services/desk/src/reactions/books.ts', import.meta.url)}:12:34)`,
  ].join('\n')
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const body = randomBytes(5_000)
  const deadLetter = aDeadLetter({ stack }, { body, headers: { traceparent, tenant: { id: 7 } } })
  await deadLetterTable(database).add([deadLetter])
  const { message: sent, queue, exchange, reason, error, attempts, firstFailedAt, lastFailedAt } = deadLetter
  const stored = await findDeadLetter(database, deadLetter.id)
  expect(stored).toEqual({
    ...{
      id: deadLetter.id,
      messageId: sent.id,
      type: sent.type,
      subject,
      queue,
      exchange,
      reason,
      error,
      stack,
      attempts,
    },
    ...{ firstFailedAt, lastFailedAt, body, headers: { traceparent, tenant: { id: 7 } } },
    place: 'booksLent (services/desk/src/reactions/books.ts:12)',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    status: 'parked',
  })
  const { id, type, correlationId, appId, contentType } = sent
  expect(await database.query('select message from dead_letter')).toEqual([
    { message: { id, type, correlationId, appId, contentType, timestamp: '2026-01-01T12:00:00.000Z' } },
  ])
})

it('the place is not a line of the message, which a sender may have written', async () => {
  const database = await aDatabase()
  const error = 'schema_violation: /data/labels/\n    at \0 Invalid key'
  const deadLetter = aDeadLetter({ error, stack: `Undecodable: ${error}\n    at decodeData (/codec.ts:114:9)` })
  await deadLetterTable(database).add([deadLetter])
  expect(await findDeadLetter(database, deadLetter.id)).toMatchObject({ place: 'decodeData (/codec.ts:114)' })
})

it('stores the trace of the envelope, or else the trace of the header', async () => {
  const database = await aDatabase()
  const traceparent = (digit: string) => `00-${digit.repeat(32)}-b7ad6b7169203331-01`
  const naming = (name: unknown) => Buffer.from(JSON.stringify({ traceparent: name }))
  const headers = { traceparent: traceparent('b') }
  const deadLetters = [
    aDeadLetter({}, { body: naming(traceparent('a')), headers }),
    aDeadLetter({}, { body: naming(traceparent('a')) }),
    aDeadLetter({}, { body: naming('broken'), headers }),
    aDeadLetter({}, { body: Buffer.from('null'), headers }),
    aDeadLetter({}, { body: Buffer.alloc(2_000_000), headers }),
    aDeadLetter({}, { body: naming(7) }),
  ]
  await deadLetterTable(database).add(deadLetters)
  const ids = await Promise.all(deadLetters.map(async ({ id }) => (await findDeadLetter(database, id))?.traceId))
  expect(ids).toEqual([...['a', 'a', 'b', 'b', 'b'].map((digit) => digit.repeat(32)), null])
})

it('stores a dead letter once, even if it is added several times', async () => {
  const database = await aDatabase()
  const store = deadLetterTable(database)
  const [first, second] = [aDeadLetter(), aDeadLetter()]
  await store.add([first])
  await store.add([first, second])
  expect(await database.query('select id from dead_letter order by id')).toEqual([{ id: first.id }, { id: second.id }])
})

it('parks a redelivered message once, until its dead letter is settled', async () => {
  const database = await aDatabase()
  const store = deadLetterTable(database)
  const parked = () => database.query('select id from dead_letter where status = $1 order by id', ['parked'])
  const first = aDeadLetter()
  const again = (details = {}, message = {}) => aDeadLetter(details, { ...first.message, ...message })
  await store.add([first, again()])
  await store.add([again()])
  expect(await parked()).toEqual([{ id: first.id }])
  const others = [
    again({ queue: 'desk.tasks' }),
    again({ exchange: 'notification.events' }),
    again({}, { body: randomBytes(100) }),
  ]
  await store.add(others)
  await settleDeadLetters(database, { ids: [first.id] }, { as: 'replayed', limit: 1 })
  const failedAgain = again()
  await store.add([failedAgain])
  expect(await parked()).toEqual([...others, failedAgain].map(({ id }) => ({ id })))
})

it('stores any message that a sender can write, with NUL and lone surrogates replaced', async () => {
  const database = await aDatabase()
  const store = deadLetterTable(database)
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\0', '\ud800', '\n    at \0', 'a\\u0000\0', '\\\0', '"\udc00"'),
  )
  const message = fc.record({
    id: text,
    type: text,
    correlationId: fc.oneof(text, fc.uuid()),
    appId: text,
    contentType: text,
    timestamp: fc.date({ noInvalidDate: false }),
    body: fc.uint8Array(),
    headers: fc.dictionary(text, fc.jsonValue()),
  })
  await fc.assert(
    fc.asyncProperty(message, text, text, async (hostile, error, stack) => {
      const deadLetter = aDeadLetter({ error, stack, queue: randomUUID() }, hostile)
      await store.add([deadLetter])
      const stored = await findDeadLetter(database, deadLetter.id)
      expect(stored?.body.equals(hostile.body)).toBe(true)
      expect(stored?.error).toBe(error.toWellFormed().replaceAll('\0', '\uFFFD'))
      const headers = JSON.stringify(hostile.headers, wellFormed)
      expect(await database.query(ofHeaders, [deadLetter.id, headers])).toEqual([{ id: deadLetter.id }])
    }),
  )
})

/**
 * Postgres compares them, because V8's JSON.parse (Node 24) may read the name "\u0001" as "\\" after that name: it compares
 * only the first character of the escape.
 */
const ofHeaders = 'select id from dead_letter where id = $1 and headers = $2::jsonb'

/** A replacer for JSON.stringify. */
const wellFormed = (_key: string, value: unknown): unknown => {
  if (typeof value === 'string') return replaced(value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [replaced(name), field]))
}

const replaced = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')
