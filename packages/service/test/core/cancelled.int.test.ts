/** Statements that Postgres cancels, as it does after the statement timeout or the transaction timeout. */
import { afterEach, beforeEach, expect, inject, it } from 'vitest'
import type { Reacted } from '../../src/core/resilient-batch.ts'
import { parcelSent } from '../tally/parcels.ts'
import { startTally, type TallyService } from '../tally/tally.ts'
import { instanceOn } from '../tally/tally-instance.ts'

let tally: TallyService
beforeEach(async () => {
  tally = await startTally(inject('postgresUrl'))
})
afterEach(() => tally.drop())

const many = (count: number) => Array.from({ length: count }, () => parcelSent())
const statusesOf = (outcomes: readonly Reacted[]) => outcomes.map(({ status }) => status)
const transactions = () => tally.statements().filter((text) => text === 'begin').length

/** The first inserts of such rows are cancelled. */
const cancelInserts = async ({ condition = 'true', times = 1_000_000, code = '57014' }) => {
  const { database } = tally
  await database.query('create sequence tried') // it is not rolled back
  await database.query(
    `create function cancel() returns trigger language plpgsql as $$ begin
       if nextval('tried') > ${times} then return new; end if;
       raise 'cancelled by the test' using errcode = '${code}';
     end $$`,
  )
  await database.query(
    `create trigger slow before insert on tally for each row when (${condition}) execute function cancel()`,
  )
}

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

it('does not fail a message whose statement was cancelled once', async () => {
  await cancelInserts({ times: 1 })
  expect(await tally.instance()({ decoded: parcelSent(), patient: true })).toMatchObject({ status: 'applied' })
})

it('fails few messages, in few transactions, if all statements are cancelled', async () => {
  await cancelInserts({})
  const stopping = new AbortController()
  let cancellations = 0
  const onUnavailable = () => {
    cancellations += 1
    if (cancellations === 2) stopping.abort() // in the lane that isolates
  }
  const reactor = instanceOn(tally.database, { stopping, onUnavailable })
  tally.statements()
  const outcomes = await Promise.all(many(128).map((decoded) => reactor({ decoded, patient: true })))
  expect(transactions()).toBeLessThan(50)
  expect(statusesOf(outcomes).filter((status) => status === 'not_now').length).toBeGreaterThan(100)
})
