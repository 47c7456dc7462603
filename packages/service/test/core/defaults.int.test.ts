/** A database whose defaults differ from those of Postgres. */
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
