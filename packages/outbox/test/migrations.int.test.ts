/** Migrations keep what is stored. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { migrate, run } from '@quadrille/postgres'
import { createTestDatabase } from '@quadrille/testing'
import { v4 } from 'uuid'
import { expect, inject, onTestFinished, test } from 'vitest'
import { findInOutbox, inboxKey, insertInbox, outboxMigrations, readInbox } from '../src/index.ts'
import { open, subject } from './a-database.ts'

/** The migrations before the one with this number. */
const before = (number: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-migrations-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const all = fileURLToPath(outboxMigrations.directory)
  for (const file of readdirSync(all)) if (file < number) cpSync(join(all, file), join(folder, file))
  return { ...outboxMigrations, directory: pathToFileURL(`${folder}/`) }
}

test('messages in the outbox and dead letters are found by subject after the migration', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  await migrate(url, before('0008'))
  const database = open(url)
  onTestFinished(() => database.end())
  await database.query(
    `insert into outbox (id, type, order_id, exchange, routing_key, body, leased_until)
     values (gen_random_uuid(), 'LoanRequested', $1, 'desk.events', '', '{}', now())`,
    [subject],
  )
  await database.query(
    `insert into dead_letter (id, message_id, type, order_id, queue, reason, error, attempts, first_failed_at,
                              last_failed_at, message, headers, body)
     values (gen_random_uuid(), 'm', 'LoanRequested', $1, 'desk.inbox', 'not_json', '', 1, now(), now(), '{}', '{}', '')`,
    [subject],
  )
  expect(await migrate(url, outboxMigrations)).toContain('0008_subject')
  expect(await findInOutbox(database, [subject])).toMatchObject([{ subject, type: 'LoanRequested' }])
  expect(await database.query('select subject from dead_letter')).toEqual([{ subject }])
})

test('entries of the inbox are found after the migration, also those that an earlier version inserts later', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  await migrate(url, before('0009'))
  const database = open(url)
  onTestFinished(() => database.end())
  const [earlier, later, current] = [v4(), v4(), v4()]
  const insertEarlier = (id: string) => database.query('insert into inbox (id, hash) values ($1, $2)', [id, id])
  await insertEarlier(earlier)
  await migrate(url, outboxMigrations)
  await insertEarlier(later)
  await run(database, insertInbox([{ subject, id: current, hash: current }]))
  const ids = [earlier, later, current]
  const found = await readInbox(
    database,
    [...ids, v4()].map((id) => ({ subject, id })),
  )
  expect(found).toEqual(new Map(ids.map((id) => [inboxKey({ subject, id }), id])))
})

test('an index that a failed build has left invalid is built again', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  await migrate(url, before('0020'))
  const database = open(url)
  onTestFinished(() => database.end())
  await database.query('create index inbox_received_at on inbox (received_at)')
  const name = "indexrelid = 'inbox_received_at'::regclass"
  await database.query(`update pg_index set indisvalid = false where ${name}`)
  await migrate(url, outboxMigrations)
  expect(await database.query(`select indisvalid from pg_index where ${name}`)).toEqual([{ indisvalid: true }])
})

test('of several copies of a message in the retry table the migration keeps the one with the most attempts', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  await migrate(url, before('0022'))
  const database = open(url)
  onTestFinished(() => database.end())
  await database.query(
    `insert into retry (queue, message, body, attempts, due_at)
     select queue, jsonb_build_object('id', id), convert_to(body, 'UTF8'), attempts, now()
     from (values ('desk.inbox', 'm1', '{}', 2), ('desk.inbox', 'm1', '{}', 3), ('desk.inbox', 'm1', '{}', 1),
                  ('desk.inbox', 'm1', '{"other":true}', 1), ('desk.tasks', 'm1', '{}', 1), ('desk.inbox', 'm2', '{}', 1),
                  ('desk.inbox', null, '{}', 1)) as copy (queue, id, body, attempts)`,
  )
  await migrate(url, outboxMigrations)
  expect((await database.query<{ key: number }>('select key from retry order by key')).map(({ key }) => key)).toEqual([
    2, 4, 5, 6, 7,
  ])
})

test('a change of the clock or the time zone of the server does not matter to the next start', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  await migrate(url, outboxMigrations)
  const database = open(url)
  onTestFinished(() => database.end())
  await database.query("update outbox_migration set run_on = run_on - interval '1 hour' where name like '0018%'")
  expect(await migrate(url, outboxMigrations)).toEqual([])
})
