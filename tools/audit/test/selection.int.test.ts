import { type Database, openDatabase } from '@quadrille/postgres'
import { createTestDatabase } from '@quadrille/testing'
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
  return database
}

const uuid = (number: number): string => `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)
const last = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

test('orders that only payment has are in slices of the same size', async () => {
  const payment = await tableOf('payment', range(1, 26))
  const none = await tableOf('customer_order', [])
  const values = async (...args: Parameters<typeof slices>) => (await slices(...args)).map(({ values: [, end] }) => end)
  expect(await values(none, { size: 10, payment })).toEqual([uuid(10), uuid(20), last])
  expect(await values(none, { size: 10 })).toEqual([last])

  const newer = await tableOf('customer_order', range(10, 36))
  expect(await values(newer, { size: 10, payment })).toEqual([10, 19, 20, 29].map(uuid).concat(last))
})
