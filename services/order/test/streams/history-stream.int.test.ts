/** Readers of events on a real Postgres, whose transactions commit in another order than they begin. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { Database } from '@quadrille/postgres'
import { type MigratedDatabase, openMigratedDatabase, seeded, sized } from '@quadrille/testing'
import { beforeAll, beforeEach, expect, inject, it } from 'vitest'
import {
  formatPosition,
  includes,
  type Position,
  parsePosition,
  positionAfter,
  positionAt,
  start,
} from '../../src/db/history-position.ts'
import { type AddedEvent, adoptRestored, findEvent, readAdded, readNewest } from '../../src/db/history-stream.ts'
import { readHistory } from '../../src/db/history-table.ts'
import { order } from '../../src/service.ts'
import { adoptRestoredEvents } from '../../src/streams/adopt-restored-events.ts'
import { begin, idleInTransactionMs, insert, randomTransactions } from './transactions.ts'

let migrated: MigratedDatabase
let database: Database
beforeAll(async () => {
  migrated = await openMigratedDatabase(inject('postgresUrl'), order.migrations, { idleInTransactionMs })
  database = migrated.database
  return migrated.close
})
beforeEach(() => migrated.empty())

/** A client that is cut after some of the events that it is sent, and resumes. */
class Reader {
  readonly read: AddedEvent[] = []
  position: Position = start

  async resume({ cut, ...limits }: { limit: number; maxBytes?: number; cut: number }): Promise<number> {
    const { events, snapshot, isComplete } = await readAdded(database, this.position, limits)
    const received = events.slice(0, cut)
    for (const event of received) {
      this.position = positionAfter(this.position, snapshot, event)
      this.read.push(event)
    }
    if (isComplete && received.length === events.length)
      this.position = positionAt(this.position, snapshot, received.at(-1) ?? this.position.last)
    this.position = parsePosition(formatPosition(this.position)) ?? start
    return events.length
  }
}

const seeds = Array.from({ length: sized({ quick: 3, full: 30 }) }, () => Math.trunc(Math.random() * 2 ** 32))

it.each(seeds)('each reader gets each event once, those of an order in sequence, with seed %i', async (seed) => {
  const random = seeded(seed)
  const transactions = randomTransactions(database, random)
  const readers = Array.from({ length: 3 }, () => new Reader())
  for (let done = 0; done < 80; done += 1) {
    await transactions.step()
    for (const reader of readers)
      if (random.chance(0.4))
        await reader.resume({ limit: 1 + random.below(4), maxBytes: 1 + random.below(600), cut: random.below(5) })
  }
  const committed = await transactions.end()
  for (const reader of readers) {
    // A reader that gets events again could read indefinitely.
    while (reader.read.length <= committed.length && (await reader.resume({ limit: 3, cut: 3 })) > 0);
    expect(reader.read.map(({ id }) => id).toSorted()).toEqual(committed.toSorted())
    for (const events of Map.groupBy(reader.read, ({ orderId }) => orderId).values()) {
      const numbers = events.map(({ seq }) => seq)
      expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
    }
  }
})

it('events of earlier versions come first, in parts', async () => {
  for (let added = 0; added < 5; added += 1) await insert(database, randomUUID())
  await database.query("update order_event set xid = '0'")
  const newest = await insert(database, randomUUID())
  const reader = new Reader()
  for (let parts = 0; parts < 4; parts += 1) await reader.resume({ limit: 2, cut: 2 })
  expect(reader.read.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
  expect(reader.read.at(-1)?.id).toBe(newest)
})

it.each([randomBytes(50_000).toString('hex'), 'a'.repeat(100_000)])(
  'a read of large events ends with the one that exceeds its size, and says that more may follow',
  async (type) => {
    const orderId = randomUUID()
    for (let added = 0; added < 4; added += 1) await insert(database, orderId, type)
    const [{ bytes }] = (await database.query(
      'select octet_length(event::text) as bytes from order_event limit 1',
    )) as [{ bytes: number }]
    const readsOf = async (maxBytes: number, limit = 5) => {
      const { events, isComplete } = await readAdded(database, start, { limit, maxBytes })
      const history = await readHistory(database, orderId, { after: null, limit, maxBytes })
      expect([history.rows.length, history.isComplete]).toEqual([events.length, isComplete])
      return [events.length, isComplete]
    }
    expect(await readsOf(1)).toEqual([1, false])
    expect(await readsOf(2 * bytes)).toEqual([2, false])
    expect(await readsOf(2 * bytes + 1)).toEqual([3, false])
    expect(await readsOf(4 * bytes)).toEqual([4, true])
    expect(await readsOf(4 * bytes, 4)).toEqual([4, false])
    expect(
      (await readHistory(database, orderId, { after: 2, limit: 200, maxBytes: 1 })).rows.map(({ seq }) => seq),
    ).toEqual([3])
  },
)

it('a reader that is limited to an earlier snapshot gets no later events', async () => {
  await insert(database, randomUUID())
  const running = await begin(database, randomUUID())
  await running.insert()
  const until = await readNewest(database)
  await insert(database, randomUUID())
  await running.end(true)
  expect((await readAdded(database, start, { until: until.snapshot, limit: 10 })).events).toHaveLength(1)
  expect((await readAdded(database, until, { limit: 10 })).events.map(({ seq }) => seq)).toEqual([2, 3])
})

it('after a restore into another cluster, all events are adopted, also those whose numbers are visible there', async () => {
  const ids: string[] = []
  for (let added = 0; added < 6; added += 1) ids.push(await insert(database, randomUUID()))
  await database.query(
    'update order_event set xid = case when seq > 3 then (9000000000 + seq)::text::xid8 else xid end',
  )
  const xids = async () =>
    (await database.query<{ xid: string }>('select xid::text from order_event order by seq')).map(({ xid }) => xid)
  expect(await adoptRestored(database, { from: 1, limit: 4 })).toBe(9_000_000_004)
  expect(await xids()).toEqual(['0', '0', '0', '0', '9000000005', '9000000006']) // a crash here leaves what shows the restore
  expect(await adoptRestored(database, { from: 1, limit: 4 })).toBe(9_000_000_006)
  expect(await adoptRestored(database, { from: 1, limit: 4 })).toBeNull()
  const added = await insert(database, randomUUID())
  expect(await adoptRestored(database, { from: 1, limit: 4 })).toBeNull()
  const { events } = await readAdded(database, start, { limit: 10 })
  expect(events.map(({ id }) => id)).toEqual([...ids, added])
})

it('after a restore into another cluster, each batch begins at the last event of the batch before', async () => {
  await database.query(
    `insert into order_event (order_id, id, event, xid)
     select gen_random_uuid(), gen_random_uuid(), '{}', (9000000000 + n)::text::xid8 from generate_series(1, 20001) as n`,
  )
  const begins: unknown[] = []
  const query: Database['query'] = (text, values = []) => {
    begins.push(values[0])
    return database.query(text, values)
  }
  await adoptRestoredEvents({ query }, new AbortController().signal)
  expect(begins).toEqual([1, 9_000_010_000, 9_000_020_000, 9_000_020_001])
  expect(await database.query('select distinct xid::text from order_event')).toEqual([{ xid: '0' }])
})

it('after a restore into another cluster, events are read once, and earlier positions are not valid', async () => {
  await insert(database, randomUUID())
  const { events, snapshot } = await readAdded(database, start, { limit: 1 })
  const position = events.reduce((from, event) => positionAfter(from, snapshot, event), start)
  // as in a dump of a cluster that has had more transactions
  await database.query("update order_event set xid = '9000000000'")
  await adoptRestoredEvents(database, new AbortController().signal)
  const found = await findEvent(database, position.last ?? { xid: 0, seq: 0 })
  expect(found.event).toBeNull()
  const restored = await readNewest(database)
  const added = await insert(database, randomUUID())
  expect((await readAdded(database, restored, { limit: 10 })).events.map(({ id }) => id)).toEqual([added])
  expect((await readAdded(database, start, { limit: 10 })).events).toHaveLength(2)
  const future: Position = { snapshot: { xmax: 9_000_000_000, running: [] }, last: { xid: 1, seq: 1, id: '' } }
  expect(includes(found.snapshot, future)).toBe(false)
})
