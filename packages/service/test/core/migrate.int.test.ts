/** Migrations of a table that others use. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  type Database,
  faultOf,
  isRefusal,
  type Migrations,
  migrate,
  openDatabase,
  type PoolOptions,
} from '@quadrille/postgres'
import { createTestDatabase } from '@quadrille/testing'
import { waitUntil } from '@quadrille/testing/waiting'
import { beforeEach, expect, inject, it, onTestFinished } from 'vitest'
import { behindProxy } from './behind-proxy.ts'
import { hasSetting } from './has-setting.ts'

let url: string
let database: Database
let folder: string
let migrations: Migrations

beforeEach(async () => {
  const created = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(created.drop)
  url = created.url
  database = openAnother()
  await database.query('create table note (text text not null)')
  folder = mkdtempSync(join(tmpdir(), 'quadrille-migrations-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, '0001_author.sql'), 'alter table note add column author text')
  migrations = { directory: pathToFileURL(`${folder}/`), table: 'note_migration' }
})

const openAnother = (options: Partial<PoolOptions> = {}): Database => {
  const opened = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined, ...options })
  onTestFinished(() => opened.end())
  return opened
}

const insert = () => database.query("insert into note (text) values ('from another session')")

/** A migration that sends nothing from this command on. */
const pausedBefore = async (command: string): Promise<{ error: Promise<unknown> }> => {
  const paused = Promise.withResolvers<void>()
  const behind = await behindProxy(url, (data, server) => {
    if (!data.includes(command)) return
    server.cork()
    paused.resolve()
  })
  const error = migrate(behind, migrations).catch((failed: unknown) => failed)
  await paused.promise
  return { error }
}

it.each(['BEGIN;', 'COMMIT;'])('releases its locks if its process is paused before %s', async (command) => {
  const { error } = await pausedBefore(command)
  expect(await migrate(url, migrations)).toEqual(['0001_author'])
  await insert()
  expect(faultOf(await error)).toBe('unavailable')
})

it('releases its locks if its process is killed during a statement, and until then others say what they wait for', async () => {
  writeFileSync(join(folder, '0001_author.sql'), 'alter table note add column author text; select pg_sleep(60)')
  const servers = new Set<Socket>()
  const killed = migrate(await behindProxy(url, (_, server) => servers.add(server)), migrations)
  const error = killed.catch((failed: unknown) => failed)
  const sleeping = "select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"
  await waitUntil(async () => (await database.query(sleeping)).length > 0)
  writeFileSync(join(folder, '0001_author.sql'), 'alter table note add column author text')
  const waiting = await migrate(url, migrations).catch((failed: unknown) => failed)
  expect(waiting).toMatchObject({ message: 'Another session migrates this database.' })
  expect(faultOf(waiting)).toBe('conflict')

  for (const server of servers) server.destroy()
  expect(await migrate(url, migrations)).toEqual(['0001_author'])
  expect(faultOf(await error)).toBe('unavailable')
})

it('gives up its wait for a long reader, so that others can go on, and succeeds after the reader has ended', async () => {
  const [reading, read] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const report = openAnother({ idleInTransactionMs: 0 }).transaction(async (sql) => {
    await sql.query('select text from note')
    reading.resolve()
    await read.promise
  })
  await reading.promise
  expect(faultOf(await migrate(url, migrations).catch((error: unknown) => error))).toBe('conflict')
  await insert()
  read.resolve()
  await report
  expect(await migrate(url, migrations)).toEqual(['0001_author'])
})

const createRole = async () => {
  const role = `reader_${randomBytes(8).toString('hex')}`
  await database.query(`create role ${role} login password 'secret'`)
  onTestFinished(async () => {
    await database.query(`drop owned by ${role} cascade`)
    await database.query(`drop role ${role}`)
  })
  return { role, asRole: Object.assign(new URL(url), { username: role, password: 'secret' }).href }
}

it('rejects with the error of Postgres if its role may not create tables', async () => {
  const { asRole } = await createRole()
  const error = await migrate(asRole, migrations).catch((failed: unknown) => failed)
  expect(error).toMatchObject({ code: '42501', message: expect.not.stringContaining('\n') })
  expect(isRefusal(error)).toBe(true)
})

it('keeps its list of migrations in the schema of its role, which may be another one than public', async () => {
  const { role, asRole } = await createRole()
  await database.query(`create schema authorization ${role}`)
  await database.query(`alter role ${role} set search_path = ${role}`)
  writeFileSync(join(folder, '0001_author.sql'), 'create table author ()')
  expect(await migrate(asRole, migrations)).toEqual(['0001_author'])
  expect(await migrate(asRole, migrations)).toEqual([])
  expect(await database.query(`select tablename from pg_tables where schemaname = $1 order by 1`, [role])).toEqual([
    { tablename: 'author' },
    { tablename: 'note_migration' },
  ])
})

it('means the same in a database with other defaults', async () => {
  const setDefault = (setting: string) =>
    database.query(`do $$ begin execute format('alter database %I set ${setting}', current_database()); end $$`)
  await setDefault("default_transaction_isolation = ''serializable''")
  await setDefault('standard_conforming_strings = off')
  const query = String.raw`select current_setting('transaction_isolation') as isolation, '\d' as text`
  writeFileSync(join(folder, '0001_author.sql'), `create table author as ${query}`)
  await migrate(url, migrations)
  expect(await database.query('select * from author')).toEqual([{ isolation: 'read committed', text: String.raw`\d` }])
  await database.query("insert into note_migration (name, run_on) values ('9999_breaking_all', now())")
  await expect(migrate(url, migrations)).rejects.toThrow('too new')
})

it('has no time limit while it runs or waits for another one, even if the database has default limits', async () => {
  const setDefault = (setting: string) =>
    database.query(`do $$ begin execute format('alter database %I set ${setting}', current_database()); end $$`)
  await setDefault("statement_timeout = ''100ms''")
  await setDefault("lock_timeout = ''100ms''")
  if (await hasSetting(database, 'transaction_timeout')) await setDefault("transaction_timeout = ''100ms''") // since Postgres 17
  writeFileSync(join(folder, '0002_slow.sql'), 'select pg_sleep(1)')
  const both = await Promise.all([migrate(url, migrations), migrate(url, migrations)])
  expect(both.flat()).toEqual(['0001_author', '0002_slow'])
})

it('has no time limit while it runs, even if the URL has one', async () => {
  writeFileSync(join(folder, '0001_author.sql'), 'select pg_sleep(0.5)')
  expect(await migrate(`${url}?query_timeout=100`, migrations)).toEqual(['0001_author'])
})
