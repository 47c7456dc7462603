/** The migration as a separate step, before services that start with MIGRATE=off. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Database, openDatabase } from '@quadrille/postgres'
import { createTestDatabase } from '@quadrille/testing'
import { waitUntil } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { runMigrations } from '../../src/index.ts'
import { grantWork } from '../../src/runtime/grants.ts'
import { migrateAll } from '../../src/tools.ts'
import { noFaults, tracked, trackerService } from '../tally/tracker-service.ts'

const newDatabase = async ({ empty = false } = {}) => {
  const template = { name: 'tracker', fill: (created: string) => migrateAll(created, tracked) }
  const { url, drop } = await createTestDatabase(inject('postgresUrl'), empty ? undefined : template)
  onTestFinished(drop)
  const database = openDatabase({ url, applicationName: 'test', idleInTransactionMs: 0, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  return { url, database }
}

/** Runs the step for a service whose only migration is this one. */
const runMigration = (url: string, sql: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-migrations-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, '0001_note.sql'), sql)
  vi.stubEnv('DATABASE_URL', url)
  onTestFinished(() => void vi.unstubAllEnvs())
  const migrations = { directory: pathToFileURL(`${folder}/`), table: 'note_migration' }
  return runMigrations({ ...trackerService(noFaults(), []), migrations })
}

/** Waits until an attempt has waited for a lock. */
const firstAttemptEnds = async (database: Database) => {
  const waiting = `select from pg_locks join pg_stat_activity using (pid)
                   where not granted and datname = current_database()`
  const countWaiting = async () => (await database.query(waiting)).length
  await waitUntil(async () => (await countWaiting()) > 0)
  await waitUntil(async () => (await countWaiting()) === 0)
}

test('is repeated until a long reader has ended', async () => {
  const { url, database } = await newDatabase()
  const [reading, read] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const report = database.transaction(async (sql) => {
    await sql.query('select from outbox')
    reading.resolve()
    await read.promise
  })
  await reading.promise

  const migrated = runMigration(url, 'alter table outbox add column note text')
  await firstAttemptEnds(database)
  read.resolve()
  await report
  await migrated
  expect(await database.query('select note from outbox')).toEqual([])
})

test('is repeated after a deadlock', async () => {
  const { url, database } = await newDatabase()
  await database.query('create sequence attempt')
  await runMigration(url, "do $$ begin if nextval('attempt') = 1 then raise sqlstate '40P01'; end if; end $$")
  expect(await database.query('select last_value::int as attempts from attempt')).toEqual([{ attempts: 2 }])
})

test('waits for another session that changes grants, and then grants its own', async () => {
  const { url, database } = await newDatabase()
  const role = `reader_${randomBytes(8).toString('hex')}`
  await database.query(`create role ${role}`)
  onTestFinished(async () => {
    await database.query(`drop owned by ${role}`)
    await database.query(`drop role ${role}`)
  })
  const [granting, granted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const other = database.transaction(async (sql) => {
    await sql.query(`grant select on service to ${role}`)
    granting.resolve()
    await granted.promise
  })
  await granting.promise
  vi.stubEnv('GRANT_TO', role)
  const migrated = runMigration(url, 'create table note ()')
  await firstAttemptEnds(database)
  granted.resolve()
  await other
  await migrated
  expect(await database.query(`select has_table_privilege($1, 'note', 'insert') as granted`, [role])).toEqual([
    { granted: true },
  ])
})

/** A database with the tables of an ordinary role, beside a table of the superuser. */
const ownedDatabase = async () => {
  const { url, database } = await newDatabase({ empty: true })
  const [owner, role] = [`Owner.${randomBytes(8).toString('hex')}`, `worker_${randomBytes(8).toString('hex')}`]
  await database.query(`create role ${role} login password 'secret'`)
  await database.query(`create role "${owner}" login password 'secret'`)
  onTestFinished(async () => {
    await database.query(`reassign owned by "${owner}" to current_user`)
    await database.query(`drop owned by "${owner}", ${role}`)
    await database.query(`drop role "${owner}", ${role}`)
  })
  await database.query(
    `do $$ begin execute format('alter database %I owner to "${owner}"', current_database()); end $$`,
  )
  await database.query('create schema monitoring')
  await database.query('create table monitoring.sample_migration ()')
  const urlOf = (username: string) => Object.assign(new URL(url), { username, password: 'secret' }).href
  /** The rights of the role on a table of the owner, and on the other one. */
  const rights = () =>
    database.query(
      `select has_table_privilege($1, 'note', 'insert') as own, has_schema_privilege($1, 'monitoring', 'usage') as foreign`,
      [role],
    )
  return { url, owner, role, urlOf, rights }
}

test('grants nothing on the tables of another owner', async () => {
  const { owner, role, urlOf, rights } = await ownedDatabase()
  vi.stubEnv('GRANT_TO', role)
  await runMigration(urlOf(owner), 'create table note ()')
  expect(await rights()).toEqual([{ own: true, foreign: false }])
})

test('grants the same as a superuser, and fails as a role that may not act for the owner', async () => {
  const { url, owner, role, urlOf, rights } = await ownedDatabase()
  await runMigration(urlOf(owner), 'create table note ()')
  await expect(grantWork(urlOf(role), role)).rejects.toThrow(
    `the table service belongs to the role ${owner}: set DATABASE_URL to that role`,
  )
  await grantWork(url, role)
  expect(await rights()).toEqual([{ own: true, foreign: false }])
})
