/** The migration as a separate step, before services that start with MIGRATE=off. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openDatabase } from '@quadrille/postgres'
import { createTestDatabase } from '@quadrille/testing'
import { waitUntil } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { migrateAll, runMigrations } from '../../src/index.ts'
import { noFaults, tracked, trackerService } from '../tally/tracker-service.ts'

test('is repeated until a long reader has ended', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'), {
    name: 'tracker',
    fill: (empty) => migrateAll(empty, tracked),
  })
  onTestFinished(drop)
  const database = openDatabase({ url, applicationName: 'test', idleInTransactionMs: 0, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  const [reading, read] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const report = database.transaction(async (sql) => {
    await sql.query('select from outbox')
    reading.resolve()
    await read.promise
  })
  await reading.promise

  const folder = mkdtempSync(join(tmpdir(), 'quadrille-migrations-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, '0001_note.sql'), 'alter table outbox add column note text')
  vi.stubEnv('DATABASE_URL', url)
  onTestFinished(() => void vi.unstubAllEnvs())
  const migrations = { directory: pathToFileURL(`${folder}/`), table: 'note_migration' }
  const migrated = runMigrations({ ...trackerService(noFaults(), []), migrations })
  const countWaiting = async () => (await database.query('select from pg_locks where not granted')).length
  await waitUntil(async () => (await countWaiting()) > 0)
  await waitUntil(async () => (await countWaiting()) === 0) // the first attempt has ended
  read.resolve()
  await report
  await migrated
  expect(await database.query('select note from outbox')).toEqual([])
})
