import { type Database, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, indexConditionsIn, planOf, statementsOf } from '@quadrille/testing'
import { expect, inject, onTestFinished, test } from 'vitest'
import { slices } from '../src/selection.ts'

/** A database with a table of these ids: 1 is 00000000-0000-0000-0000-000000000001. */
const tableOf = async (name: string, ids: readonly number[]): Promise<Database> => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  const database = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined })
  onTestFinished(async () => {
    await database.end()
    await drop()
  })
  const column = name === 'payment' ? 'order_id' : 'id'
  await database.query(`create table ${name} as select uuid as ${column} from unnest($1::uuid[]) as uuid`, [
    ids.map(uuid),
  ])
  await database.query(`alter table ${name} add primary key (${column})`)
  return database
}

const uuid = (number: number): string => `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)
const last = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** The ends of the slices. */
const endsOf = async (...args: Parameters<typeof slices>) => (await slices(...args)).map(({ values: [, end] }) => end)

test.each([
  [0, []],
  [1, []],
  [9, []],
  [10, [10]],
  [11, [10]],
  [20, [10, 20]],
  [21, [10, 20]],
])('%i orders are in slices of 10 that end at %j and at the last id', async (count, ends) => {
  const order = await tableOf('customer_order', range(1, count + 1))
  expect(await endsOf(order, { size: 10 })).toEqual([...ends.map(uuid), last])
})

test('a statement reads the ids of one slice', async () => {
  const order = await tableOf('customer_order', range(1, 1_001))
  const [statement = { text: '', values: [] }] = await statementsOf((sql) => slices(sql))
  const plan = await planOf(order, statement)
  expect(plan).toMatch(/^Limit/)
  expect(indexConditionsIn(plan)).toEqual([expect.stringContaining('id > $1')])
})

test('orders that only payment has are in slices of the same size', async () => {
  const payment = await tableOf('payment', range(1, 26))
  const none = await tableOf('customer_order', [])
  expect(await endsOf(none, { size: 10, payment })).toEqual([uuid(10), uuid(20), last])
  expect(await endsOf(none, { size: 10 })).toEqual([last])

  const newer = await tableOf('customer_order', range(10, 36))
  expect(await endsOf(newer, { size: 10, payment })).toEqual([10, 19, 20, 29].map(uuid).concat(last))
})
