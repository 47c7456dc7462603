/** Statements that Postgres cancels, as it does after the statement timeout or the transaction timeout. */
import { openDatabase } from '@quadrille/postgres'
import { where } from '@quadrille/testing'
import { afterEach, beforeEach, expect, inject, it, onTestFinished } from 'vitest'
import type { Reacted } from '../../src/core/batch-runner.ts'
import { parcelSent } from '../tally/parcels.ts'
import { startTally, type TallyService } from '../tally/tally.ts'
import { instanceOn } from '../tally/tally-instance.ts'
import { hasSetting } from './has-setting.ts'

let tally: TallyService
beforeEach(async () => {
  tally = await startTally(inject('postgresUrl'))
})
afterEach(() => tally.drop())

const many = (count: number) => Array.from({ length: count }, () => parcelSent())
const statusesOf = (outcomes: readonly Reacted[]) => outcomes.map(({ status }) => status)
const transactions = () => tally.statements().filter((text) => text === 'begin').length

/** Runs PL/pgSQL before each insert of such a row. */
const beforeInserts = async (statements: string, condition = 'true') => {
  await tally.database.query(
    `create function slow() returns trigger language plpgsql as $$ begin ${statements}; return new; end $$`,
  )
  await tally.database.query(
    `create trigger slow before insert on tally for each row when (${condition}) execute function slow()`,
  )
}

/** The first inserts of such rows are cancelled. */
const cancelInserts = async ({ condition = 'true', times = 1_000_000, code = '57014' }) => {
  await tally.database.query('create sequence tried') // it is not rolled back
  const raise = `raise 'cancelled by the test' using errcode = '${code}'`
  await beforeInserts(`if nextval('tried') <= ${times} then ${raise}; end if`, condition)
}

/** Limits the transactions of new sessions. Unlike the statement timeout, this timeout closes the connection. */
const limitTransactions = (limit: string) =>
  tally.database.query(
    `do $$ begin execute format('alter database %I set transaction_timeout = ''${limit}''', current_database()); end $$`,
  )

it.each([
  ['cancelled', '57014'],
  ['ended by the transaction timeout', '25P04'],
])('fails the message whose statement is always %s, and applies the others of its batch', async (_, code) => {
  const parcels = many(16)
  await cancelInserts({ condition: `new.parcel_id = '${parcels[5]?.message.subject}'`, code })
  const reactor = tally.instance()
  const outcomes = await Promise.all(parcels.map((decoded) => reactor({ decoded, patient: true })))
  expect(statusesOf(outcomes)).toEqual(parcels.map((_, index) => (index === 5 ? 'failed' : 'applied')))
  expect(outcomes[5]).toMatchObject({ error: { code } })
})

const server = openDatabase({ url: inject('postgresUrl'), applicationName: 'test', onIdleError: () => undefined })
/** Since Postgres 17. */
const hasTimeout = await hasSetting(server, 'transaction_timeout')
const whereTimeout = where(hasTimeout, 'Postgres is older than 17', it)
await server.end()

whereTimeout?.(
  'fails the message with which the transaction timeout always closes the connection, and applies the others',
  async () => {
    const parcels = many(4)
    await beforeInserts('perform pg_sleep(60)', `new.parcel_id = '${parcels[1]?.message.subject}'`)
    await limitTransactions('1s')
    const limited = openDatabase({ url: tally.url, applicationName: 'limited', max: 1, onIdleError: () => undefined })
    onTestFinished(() => limited.end())
    const reactor = tally.instance(limited)
    const outcomes = await Promise.all(parcels.map((decoded) => reactor({ decoded, patient: true })))
    expect(statusesOf(outcomes)).toEqual(['applied', 'failed', 'applied', 'applied'])
    expect(outcomes[1]).toMatchObject({ error: { code: '25P04', severity: 'FATAL' } })
  },
)

it('does not fail a message whose statement was cancelled once', async () => {
  await cancelInserts({ times: 1 })
  expect(await tally.instance()({ decoded: parcelSent(), patient: true })).toMatchObject({ status: 'applied' })
})

it('fails few messages, in few transactions, if all statements are cancelled', async () => {
  await cancelInserts({})
  const stopping = new AbortController()
  let cancellations = 0
  const onStatementFault = () => {
    cancellations += 1
    if (cancellations === 2) stopping.abort() // in the lane that isolates
  }
  const reactor = instanceOn(tally.database, { stopping, onStatementFault })
  tally.statements()
  const outcomes = await Promise.all(many(128).map((decoded) => reactor({ decoded, patient: true })))
  expect(transactions()).toBeLessThan(50)
  expect(statusesOf(outcomes).filter((status) => status === 'not_now').length).toBeGreaterThan(100)
})
