/**
 * The statements of a batch read only the rows of its messages, in small and in large tables, and others only rows that are old or
 * due. Connections keep their plans.
 */
import type { Database } from '@quadrille/postgres'
import { describePlans } from '@quadrille/testing/plans'
import { insertInbox, insertOutbox, outboxMigrations, purgeInbox, readInbox, retryTable } from '../src/index.ts'
import { deleteOutbox, releaseOutbox } from '../src/outbox.ts'
import { subject } from './a-database.ts'

const fillUpTo = async (database: Database, count: number) => {
  await database.query(
    `insert into inbox (subject, id, hash)
     select gen_random_uuid(), gen_random_uuid(), n::text from generate_series((select count(*) + 1 from inbox), $1::integer) as n`,
    [count],
  )
  await database.query(
    `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
     select id, 'BooksLent', id, 'stacks.events', '', '{}', now() from inbox
     limit greatest(0, $1 - (select count(*) from outbox))`,
    [count],
  )
  await database.query(
    `insert into retry (queue, message, body, attempts, due_at)
     select 'desk.inbox', '{}', '', 1, now() + interval '1 hour'
     from generate_series((select count(*) + 1 from retry), $1::integer)`,
    [count],
  )
}

describePlans({
  migrations: outboxMigrations,
  fillUpTo,
  run: [
    (sql) => readInbox(sql, [{ subject, id: subject }]),
    (sql) => releaseOutbox(sql, [{ seq: 1, id: subject }]),
    (sql) => deleteOutbox(sql, [{ seq: 1, id: subject }]),
    (sql) => retryTable(sql).remove([JSON.stringify([1, 'm'])]),
  ],
  statements: [insertInbox([]), insertOutbox([], { leased: 0, leaseMs: 0 })],
  findByTime: {
    received_at: [(sql) => purgeInbox(sql, { olderThanMs: 1, limit: 1_000 })],
    due_at: [
      (sql) => retryTable(sql).take('desk.inbox', 100, 30_000),
      (sql) => retryTable(sql).countDue('desk.inbox', 100),
    ],
  },
})
