/**
 * The limits of statements that lock what they find hold with the plans of an idle service, too: made for empty tables that have been
 * analyzed. A subquery in such a plan may run again for each row, and then finds other rows each time.
 */
import { type Database, openDatabase } from '@quadrille/postgres'
import { expect, it, onTestFinished } from 'vitest'
import { moveRetries, retryTable } from '../src/index.ts'
import { leaseOutbox } from '../src/outbox.ts'
import { useDatabase } from './a-database.ts'

const tables = useDatabase()
const limit = 10

const fill = (database: Database, rows: number) =>
  database.query(
    `with sent as (
       insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
       select gen_random_uuid(), 'BooksLent', gen_random_uuid(), 'stacks.events', '', '{}', now() from generate_series(1, $1::integer)
     )
     insert into retry (queue, message, body, attempts, due_at)
     select 'desk.inbox', jsonb_build_object('id', gen_random_uuid()), '', 1, now() from generate_series(1, $1::integer)`,
    [rows],
  )

it.each<[string, (database: Database) => Promise<number>]>([
  ['leaseOutbox', async (database) => (await leaseOutbox(database, limit, 60_000)).length],
  ['take', async (database) => (await retryTable(database).take('desk.inbox', limit, 60_000)).length],
  ['moveRetries', (database) => moveRetries(database, { queues: ['desk.inbox'], exchange: 'direct', limit })],
])('%s', async (_, count) => {
  const database = openDatabase({ url: tables.url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  await fill(database, 60)
  await database.query('delete from outbox')
  await database.query('delete from retry')
  await database.query('analyze outbox, retry')
  expect(await count(database)).toBe(0)
  await fill(database, 200)
  expect(await count(database)).toBe(limit)
})
