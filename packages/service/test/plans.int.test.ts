/** The statements read only the rows that they return or delete, in small and in large tables. Connections keep their plans. */
import { outboxMigrations } from '@quadrille/outbox'
import type { Database } from '@quadrille/postgres'
import { describePlans } from '@quadrille/testing/plans'
import { purgeAttempts } from '../src/attempts/attempt-table.ts'
import { purgeDeadLetters } from '../src/dead-letters/table/settling.ts'
import { listOperations } from '../src/operations/operation-table.ts'

const fillUpTo = async (database: Database, count: number) => {
  await database.query(
    `insert into failed_attempt (subject, number, message_id, type, queue, attempt, error, outcome, first_failed_at, at)
     select gen_random_uuid(), 1, n::text, 'T', 'tracker.inbox', 1, 'e', 'retried', now(), now()
     from generate_series((select count(*) + 1 from failed_attempt), $1::integer) as n`,
    [count],
  )
  await database.query(
    `insert into dead_letter (id, message_id, type, subject, queue, reason, error, attempts, first_failed_at, last_failed_at,
                              message, headers, body, status, settled_at)
     select gen_random_uuid(), n::text, 'T', gen_random_uuid(), 'tracker.inbox', 'r', 'e', 1, now(), now(), '{}', '{}', '',
            'replayed', now()
     from generate_series((select count(*) + 1 from dead_letter), $1::integer) as n`,
    [count],
  )
  await database.query(
    `insert into dead_letter_operation (letter_id, operation, operator)
     select id, 'replay', 'ada' from dead_letter where id not in (select letter_id from dead_letter_operation)`,
  )
  await database.query(
    `insert into operation (operation, subject, operator)
     select 'recall', gen_random_uuid(), 'ada' from generate_series((select count(*) + 1 from operation), $1::integer)`,
    [count],
  )
}

const page = { subject: null, operator: null, before: null, limit: 50 }
const subject = '0197a3d2-5b1c-7c3e-9a40-1f2e3d4c5b6a'
const before = '2026-01-01T12:00:00.123456Z.1.1'
const old = { olderThanMs: 1, limit: 1_000 }

describePlans({
  migrations: outboxMigrations,
  fillUpTo,
  run: [(sql) => listOperations(sql, { ...page, subject }), (sql) => listOperations(sql, { ...page, subject, before })],
  statements: [],
  findByTime: { at: [(sql) => purgeAttempts(sql, old)], settled_at: [(sql) => purgeDeadLetters(sql, old)] },
})
