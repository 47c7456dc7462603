/** The migration from `order_id` to `subject` keeps waiting messages. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { migrate } from '@quadrille/postgres'
import { createTestDatabase } from '@quadrille/testing'
import { expect, inject, onTestFinished, test } from 'vitest'
import { findInOutbox, outboxMigrations } from '../src/index.ts'
import { open, subject } from './a-database.ts'

/** The migrations up to the seventh. */
const before = () => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-migrations-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const all = fileURLToPath(outboxMigrations.directory)
  for (const file of readdirSync(all)) if (file < '0008') cpSync(join(all, file), join(folder, file))
  return { ...outboxMigrations, directory: pathToFileURL(`${folder}/`) }
}

test('messages in the outbox and dead letters are found by subject after the migration', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  await migrate(url, before())
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
  expect(await migrate(url, outboxMigrations)).toEqual(['0008_subject'])
  expect(await findInOutbox(database, [subject])).toMatchObject([{ subject, type: 'LoanRequested' }])
  expect(await database.query('select subject from dead_letter')).toEqual([{ subject }])
})
