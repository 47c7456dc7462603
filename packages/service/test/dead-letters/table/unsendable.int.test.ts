/** Outbox rows that can never be sent, and scheduled replays. */

import { randomUUID } from 'node:crypto'
import { type Address, type Publisher, Unsendable } from '@quadrille/messaging'
import { type Inserted, Relay, type RelayOptions } from '@quadrille/outbox'
import { isLockTimeout } from '@quadrille/postgres'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, it, onTestFinished } from 'vitest'
import { operationsOf } from '../../../src/dead-letters/table/operations.ts'
import { findDeadLetter, listDeadLetters } from '../../../src/dead-letters/table/reading.ts'
import { insertReplays, type Replaying } from '../../../src/dead-letters/table/replay.ts'
import { settleDeadLetters } from '../../../src/dead-letters/table/settling.ts'
import { deadLetterTable, storeUnsendable } from '../../../src/dead-letters/table/store.ts'
import { aDatabase, aDeadLetter, subject } from './a-database.ts'

const replaying: Replaying = {
  exchange: 'desk.direct',
  exchanges: ['desk.events'],
  everyMs: 0,
}

/** A publisher that can send every type except this one. */
const without = (type: string, sent: string[]): Publisher => ({
  publish: async (_to, message) => {
    if (message.type === type) throw new Unsendable('its headers are too large')
    sent.push(message.id)
  },
  waitingFor: () => null,
  outboxAsQueue: null,
})

const unsendable: Publisher['publish'] = () => Promise.reject(new Unsendable('its headers are too large'))

const start = async (options: Partial<RelayOptions> = {}) => {
  const database = await aDatabase()
  const sent: string[] = []
  const parked: string[] = []
  const relay = new Relay({
    database,
    publisher: without('UnsendableEvent', sent),
    service: 'desk',
    redactText: (text) => text,
    onError: () => undefined,
    storeUnsendable: storeUnsendable('desk'),
    onUnsendable: (deadLetters) => parked.push(...deadLetters.map(({ message }) => message.id)),
    maxSendAttempts: 3,
    leaseMs: 20,
    sweepEveryMs: 10,
    ...options,
  })
  relay.start()
  onTestFinished(() => relay.stop())
  const send = async (...types: string[]) => {
    const rows = types.map((type) => ({
      ...{ id: randomUUID(), type, subject, body: '{}', traceparent: undefined },
      to: { exchange: 'desk.events', routingKey: '' },
    }))
    const handoff = relay.prepare(rows)
    handoff.committed(await database.transaction((sql) => sql.commit<Inserted>(handoff.statements)))
    return rows.map(({ id }) => id)
  }
  const rows = () => database.query<{ failures: number }>('select failures from outbox')
  return { database, relay, sent, parked, send, rows }
}

it('a row that can never be sent becomes a dead letter after some attempts, and other rows are sent', async () => {
  const { database, sent, parked, send, rows } = await start()
  const [unsendable, ordinary] = await send('UnsendableEvent', 'LoanRequested')
  await waitFor(async () => expect(await rows()).toEqual([]))
  expect(new Set(sent)).toEqual(new Set([ordinary])) // with such a short lease it may be sent twice
  await waitFor(() => expect(parked).toEqual([unsendable]))
  const deadLetters = await listDeadLetters(database, { status: 'parked' }, { limit: 10, after: null })
  expect(deadLetters).toMatchObject([
    {
      ...{ messageId: unsendable, type: 'UnsendableEvent', subject, queue: 'desk.events' },
      ...{ reason: 'unsendable', error: 'its headers are too large', attempts: 3 },
    },
  ])
  const deadLetter = await findDeadLetter(database, deadLetters[0]?.id ?? '')
  expect(deadLetter?.body.toString()).toBe('{}')
})

it('a replay that can never be sent is parked again, and the replayed dead letter records that', async () => {
  const { database, rows } = await start()
  const deadLetter = aDeadLetter({}, { type: 'UnsendableEvent', body: Buffer.from([0, 255]), headers: { tenant: 'a' } })
  await deadLetterTable(database).add([deadLetter])
  await database.transaction(async (sql) => {
    await settleDeadLetters(sql, { ids: [deadLetter.id] }, { as: 'replayed', limit: 1 })
    await insertReplays(sql, [deadLetter.id], replaying)
  })
  await waitFor(async () => expect(await rows()).toEqual([]))
  const [parked] = await listDeadLetters(database, { status: 'parked' }, { limit: 10, after: null })
  expect(parked).toMatchObject({ messageId: deadLetter.message.id, queue: 'desk.inbox', reason: 'unsendable' })
  expect(await findDeadLetter(database, parked?.id ?? '')).toMatchObject({
    body: Buffer.from([0, 255]),
    headers: { tenant: 'a' },
  })
  expect(await findDeadLetter(database, deadLetter.id)).toMatchObject({
    status: 'replayed',
    reason: 'attempts_exhausted',
  })
  expect(await operationsOf(database, deadLetter.id)).toMatchObject([
    { operation: 'unsendable', operator: 'desk', note: expect.stringContaining('its headers are too large') },
  ])
})

it('an event that could not be sent goes to its exchange again when its dead letter is replayed', async () => {
  const addressed: { to: Address; body: string }[] = []
  let repaired = false
  const publisher: Publisher = {
    ...without('', []),
    publish: async (to, { body }) => {
      if (!repaired) throw new Unsendable('its body is too large')
      addressed.push({ to, body: Buffer.from(body).toString() })
    },
  }
  const { database, send, rows } = await start({ publisher, leaseMs: 100 })
  await send('LoanRequested')
  await waitFor(async () => expect(await rows()).toEqual([]))
  repaired = true
  const [parked] = await listDeadLetters(database, { status: 'parked' }, { limit: 10, after: null })
  await insertReplays(database, [parked?.id ?? ''], replaying)
  await waitFor(() => expect(addressed).not.toEqual([]))
  expect(addressed[0]).toEqual({ to: { exchange: 'desk.events', routingKey: '' }, body: '{}' })
})

it('a row is not parked if its failure cannot be recorded, and is retried', async () => {
  const { database, parked, send, rows } = await start()
  await database.query(`create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$`)
  await database.query('create trigger refuse before insert on dead_letter for each row execute function refuse()')
  await send('UnsendableEvent')
  await waitFor(async () => expect(await rows()).toMatchObject([{ failures: 4 }]))
  await database.query('drop trigger refuse on dead_letter')
  await waitFor(() => expect(parked).toHaveLength(1))
  expect(await rows()).toEqual([])
})

it('a row that another session has locked does not delay others', async () => {
  const lockTimeouts: unknown[] = []
  const { database, parked, send, rows } = await start({
    publisher: { ...without('', []), publish: unsendable },
    onError: (error) => isLockTimeout(error) && lockTimeouts.push(error),
  })
  const [locked, other] = await send('UnsendableEvent', 'UnsendableEvent')
  await database.transaction(async (sql) => {
    await sql.query('select from outbox where id = $1 for update', [locked])
    await waitFor(() => expect(parked).toEqual([other]))
  })
  expect(lockTimeouts).toEqual([])
  await waitFor(() => expect(parked).toEqual([other, locked]))
  expect(await rows()).toEqual([])
})

it('a paced replay is not backlog before its scheduled time, and not late at that time', async () => {
  const { database, relay, sent } = await start()
  const deadLetters = [aDeadLetter(), aDeadLetter(), aDeadLetter()]
  await deadLetterTable(database).add(deadLetters)
  await insertReplays(
    database,
    deadLetters.map(({ id }) => id),
    { ...replaying, everyMs: 3_600_000 },
  )
  await waitFor(() => expect(sent).toEqual([deadLetters[0]?.message.id]))
  await waitFor(() => expect(relay.backlog()).toEqual({ rows: 0, oldestAgeMs: 0 }))
  const late = "select from outbox where created_at < now() - interval '15 minutes'" // as the audit asks
  expect(await database.query(late)).toHaveLength(0)
  await relay.stop()
  await database.query("update outbox set created_at = now() - interval '1 second', leased_until = now()") // their turn
  const resumed = new Relay({
    database,
    publisher: { ...without('', []), waitingFor: () => 'a broker' },
    service: 'desk',
    storeUnsendable: storeUnsendable('desk'),
    redactText: (text) => text,
    onError: () => undefined,
    sweepEveryMs: 10,
  })
  resumed.start()
  await waitFor(() => expect(resumed.backlog().rows).toBe(2))
  expect(resumed.backlog().oldestAgeMs).toBeGreaterThan(500)
  expect(resumed.backlog().oldestAgeMs).toBeLessThan(60_000)
  await resumed.stop()
})
