/** Databases and addresses with other settings than those of this package. */
import { type Database, openDatabase } from '@quadrille/postgres'
import { createTestDatabase } from '@quadrille/testing'
import { expect, inject, it, onTestFinished } from 'vitest'

const open = (url: string): Database => {
  const database = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined })
  onTestFinished(() => database.end())
  return database
}

/** A database with this default for new connections. */
const withDefault = async (setting: string): Promise<Database> => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  const settings = open(url)
  await settings.query(`alter database ${new URL(url).pathname.slice(1)} set ${setting}`)
  return open(url)
}

it('has transactions that see what others have committed meanwhile, and may change it', async () => {
  const database = await withDefault("default_transaction_isolation = 'repeatable read'")
  await database.query('create table counter (value integer not null)')
  await database.query('insert into counter values (1)')
  await database.transaction(async (sql) => {
    await sql.query('select value from counter')
    await database.query('update counter set value = value + 1')
    await sql.query('update counter set value = value + 1')
  })
  expect(await database.query('select value from counter')).toEqual([{ value: 3 }])
})

it('returns times of a database with another date format', async () => {
  const database = await withDefault("datestyle = 'German'")
  const time = new Date('2026-11-29T10:00:00.123Z')
  expect(await database.query('select $1::timestamptz as time', [time])).toEqual([{ time }])
})

it('reads a backslash in a statement as itself, in a database where it is an escape', async () => {
  const database = await withDefault('standard_conforming_strings = off')
  expect(await database.query(String.raw`select '1' ~ '^\d+$' as matches`)).toEqual([{ matches: true }])
})

it('sends nulls in arrays, in a database that reads them as text', async () => {
  const database = await withDefault('array_nulls = off')
  expect(await database.query('select $1::text[] as values', [['a', null]])).toEqual([{ values: ['a', null] }])
})

it('has its own settings and timeouts beside the options of its address', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  const theirs = encodeURIComponent('-c search_path=pg_catalog -c enable_seqscan=on')
  const database = open(`${url}?options=${theirs}&statement_timeout=1&lock_timeout=1&query_timeout=1`)
  const names = ['search_path', 'enable_seqscan', 'default_transaction_isolation', 'statement_timeout', 'lock_timeout']
  const settings = await database.query('select name, current_setting(name) as value from unnest($1::text[]) as name', [
    names,
  ])
  expect(settings).toEqual([
    { name: 'search_path', value: 'pg_catalog' },
    { name: 'enable_seqscan', value: 'off' },
    { name: 'default_transaction_isolation', value: 'read committed' },
    { name: 'statement_timeout', value: '30s' },
    { name: 'lock_timeout', value: '1s' },
  ])
})

it('lets the server detect that its client is lost, while a session is idle or sends an answer', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  const [settings] = await open(url).query(
    `select current_setting('tcp_keepalives_idle') as idle_s, current_setting('tcp_keepalives_interval') as interval_s,
       case when version() like '%darwin%' then 'macOS has none' else current_setting('tcp_user_timeout') end as timeout_ms`,
  )
  const timeout_ms = expect.stringMatching(/^30000$|macOS/)
  expect(settings).toEqual({ idle_s: '10', interval_s: '10', timeout_ms })
})
