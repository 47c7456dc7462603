/** Prepared statements whose plans become invalid while an instance runs. */
import { hash } from 'node:crypto'
import { type Database, faultOf, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, type TestDatabase } from '@quadrille/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import { parcelSent } from '../tally/parcels.ts'
import { startTally } from '../tally/tally.ts'

const connections = 3
const read = 'select amount from account where id = $1'

let test: TestDatabase
let running: Database
let other: Database

/** Runs it once on each connection of the running instance, concurrently. */
const onEach = <Result>(work: () => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: connections }, work))

const readInTransaction = () =>
  running.transaction(async (sql) => {
    const rows = await sql.query<{ amount: number }>(read, [1])
    await sql.query('select pg_sleep(0.05)') // keeps the connection until the others have theirs
    return rows
  })

beforeAll(async () => {
  test = await createTestDatabase(inject('postgresUrl'))
})
afterAll(() => test.drop())
beforeEach(async () => {
  const { url } = test
  running = openDatabase({ url, applicationName: 'running', max: connections, onIdleError: () => undefined })
  other = openDatabase({ url, applicationName: 'other', max: 1, onIdleError: () => undefined })
  onTestFinished(async () => void (await Promise.all([running.end(), other.end()])))
  await other.query('drop table if exists account')
  await other.query('create table account (id integer primary key, amount integer not null)')
  await other.query('insert into account (id, amount) values (1, 7)')
  await onEach(readInTransaction)
})

describe.each([
  [
    'a migration has changed what a statement returns',
    () => other.query('alter table account alter amount type bigint'),
  ],
  ['the prepared statements are gone', () => onEach(() => forget())],
  ['another statement has taken the name of one', () => onEach(() => forget(`prepare "${nameOf(read)}" as select 1`))],
])('where %s', (_, becomeStale) => {
  it('statements are prepared again', async () => {
    await becomeStale()
    const rows = await onEach(() => running.query<{ amount: number }>(read, [1]))
    expect(rows).toEqual(Array(connections).fill([{ amount: 7 }]))
  })

  it('a transaction is a conflict, and succeeds the next time, on any connection', async () => {
    await becomeStale()
    const failures = await onEach(() => readInTransaction().catch(faultOf))
    expect(failures).toEqual(Array(connections).fill('conflict'))
    const rows = await onEach(readInTransaction)
    expect(rows).toEqual(Array(connections).fill([{ amount: 7 }]))
  })
})

/** The name that the driver is configured to use. */
const nameOf = (text: string): string => hash('sha1', text)

/** Discards the prepared statements, as a connection pooler does between two clients. */
const forget = (then = 'select 1') =>
  running.transaction(async (sql) => {
    await sql.query('select pg_sleep(0.05)')
    await sql.query('deallocate all')
    await sql.query(then)
  })

it('a connection that was opened after the first report is kept, although many older ones report the same', async () => {
  const old = Promise.withResolvers<void>()
  const begun = Array.from({ length: connections - 1 }, () => Promise.withResolvers<void>())
  const reports = begun.map((each) =>
    running
      .transaction(async (sql) => {
        await sql.query('select 1')
        each.resolve()
        await old.promise
        return sql.query(read, [1])
      })
      .catch(faultOf),
  )
  await Promise.all(begun.map(({ promise }) => promise))
  await other.query('alter table account alter amount type bigint')
  await running.query(read, [1]) // reports first, and is run on a new connection
  const session = async () => (await running.query<{ pid: number }>('select pg_backend_pid() as pid'))[0]?.pid
  const renewed = await session()
  old.resolve()
  expect(await Promise.all(reports)).toEqual(begun.map(() => 'conflict'))
  expect(await session()).toBe(renewed)
})

it('a statement that uses an unsupported feature fails', async () => {
  const failed = await running.query('select count(*) from account for update').catch((error: unknown) => error)
  expect(failed).toMatchObject({ code: '0A000' })
  expect(faultOf(failed)).toBe('rejected')
})

it('a message that meets a stale plan is applied', async () => {
  const tally = await startTally(inject('postgresUrl'))
  onTestFinished(() => tally.drop())
  const apply = tally.instance()
  expect(await apply({ decoded: parcelSent(), patient: true })).toMatchObject({ status: 'applied' })
  await tally.database.query('alter table tally alter events type bigint')
  expect(await apply({ decoded: parcelSent(), patient: true })).toMatchObject({ status: 'applied' })
})
