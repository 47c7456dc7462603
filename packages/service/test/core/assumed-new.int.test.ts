/** Messages that are usually the first about their subject are written without a look at what is stored. */
import { openDatabase } from '@quadrille/postgres'
import { beforeCommit } from '@quadrille/testing'
import { afterEach, beforeEach, expect, inject, it, onTestFinished } from 'vitest'
import type { Reacted } from '../../src/core/resilient-batch.ts'
import { parcelRecalled, parcelSent } from '../tally/parcels.ts'
import { startTally, type TallyService } from '../tally/tally.ts'
import type { Instance } from '../tally/tally-instance.ts'

let tally: TallyService
let reactor: Instance
beforeEach(async () => {
  tally = await startTally(inject('postgresUrl'))
  reactor = tally.assumingInstance()
})
afterEach(() => tally.drop())

/** All at once, so that they form one batch. */
const handle = (items: ReturnType<typeof parcelSent>[]): Promise<Reacted[]> =>
  Promise.all(items.map((item) => reactor({ decoded: item, patient: true })))

const many = (count: number) => Array.from({ length: count }, () => parcelSent())
const statuses = (reacted: readonly Reacted[]) => reacted.map(({ status }) => status)
/** The beginnings of the statements since the last call. */
const statements = () => tally.statements().map((text) => text.split(/[ (]/, 2).join(' '))

/** The first two words of the statements: the time limit of locks, claims, inbox, state, outbox. */
const expected = ['begin ', 'select set_config', 'select count', 'insert into', 'insert into', 'with inserted']

it('are written by the same statements for one and for a hundred, all of which are sent with the commit', async () => {
  await handle(many(1))
  const forOne = statements()
  expect(forOne.map((text) => text.padEnd(6))).toEqual(expected)
  expect(statuses(await handle(many(100)))).toEqual(Array(100).fill('applied'))
  expect(statements()).toEqual(forOne)
  expect(await tally.tallies()).toHaveLength(101)
  expect(await tally.outbox()).toBe(101)
})

it('are loaded if they share a transaction with another message', async () => {
  const [one, other] = [parcelSent(), parcelSent()]
  await handle([one])
  tally.statements()
  expect(statuses(await handle([other, parcelRecalled(one.message.subject)]))).toEqual(['applied', 'applied'])
  expect(tally.statements().filter((text) => text.startsWith('select parcel_id'))).toHaveLength(1)
})

it('take effect once, even if the same message comes again with new ones', async () => {
  const one = parcelSent()
  await handle([one])
  expect(statuses(await handle([...many(3), one, ...many(3)]))).toEqual([
    ...['applied', 'applied', 'applied', 'duplicate', 'applied', 'applied', 'applied'],
  ])
  expect(await tally.tallies()).toEqual(Array(7).fill(expect.objectContaining({ events: 1 })))
  expect(await tally.outbox()).toBe(7)
  expect(tally.committed).toHaveLength(7)
})

it('see the state of their subject if it exists after all', async () => {
  const sent = parcelSent()
  await handle([parcelRecalled(sent.message.subject)])
  expect(statuses(await handle([sent]))).toEqual(['applied'])
  expect(await tally.tallies()).toMatchObject([{ events: 2 }])
})

it('are found one by one if they make the transaction fail', async () => {
  expect(statuses(await handle([...many(2), parcelSent('breaks'), parcelSent('throws'), ...many(2)]))).toEqual([
    ...['applied', 'applied', 'failed', 'failed', 'applied', 'applied'],
  ])
  expect(await tally.tallies()).toHaveLength(4)
})

it('wait only briefly for a session that has locked the key, without a delay for the others', async () => {
  const [sent, others] = [parcelSent(), many(5)]
  const { subject } = sent.message
  const reacted = await tally.database.transaction(async (sql) => {
    await sql.query("set local idle_in_transaction_session_timeout = '60s'") // the work takes longer on a slow machine
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [subject])
    await sql.query('insert into tally (parcel_id, events, weight) values ($1, 1, 1)', [subject])
    const held = reactor({ decoded: sent, patient: false })
    const free = await Promise.all(others.map((item) => reactor({ decoded: item, patient: false })))
    return [...free, await held]
  })
  expect(statuses(reacted)).toEqual([...Array(5).fill('applied'), 'not_now'])
  expect(statuses(await handle([sent]))).toEqual(['applied'])
  expect(await tally.tallies()).toHaveLength(6)
})

it('delay no others while another instance that is paused has written the same', async () => {
  const another = openDatabase({
    ...{ url: tally.url, applicationName: 'another', idleInTransactionMs: 60_000, onIdleError: () => undefined },
  })
  onTestFinished(() => another.end())
  const [paused, resumed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const pausing = beforeCommit(another, () => {
    paused.resolve()
    return resumed.promise
  })
  const one = parcelSent()
  const first = tally.assumingInstance(pausing)({ decoded: one, patient: true })
  await paused.promise
  const reacted = await Promise.all([one, ...many(20)].map((item) => reactor({ decoded: item, patient: false })))
  resumed.resolve()
  expect(statuses(reacted)).toEqual(['not_now', ...Array(20).fill('applied')])
  expect(statuses([await first, ...(await handle([one]))])).toEqual(['applied', 'duplicate'])
})

it('see what is stored if their reaction inserts no row', async () => {
  const one = parcelSent('inserts-no-row')
  await handle([parcelRecalled(one.message.subject)])
  expect(statuses(await handle([one]))).toEqual(['applied'])
  expect(await tally.outbox()).toBe(0)
})

it('are other messages if their ids are the same and their subjects are not', async () => {
  const [one, other] = [parcelSent(), parcelSent()]
  await handle([one])
  const sameId = { ...other, message: { ...other.message, id: one.message.id } }
  expect(statuses(await handle([one, sameId]))).toEqual(['duplicate', 'applied'])
  expect(await tally.tallies()).toHaveLength(2)
})
