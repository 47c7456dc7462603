/** The statements read only the rows of their orders and SKUs, in small and in large tables. Connections keep their plans. */
import { newOrderId } from '@quadrille/events'
import { type Database, migrate, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, planSizes, statementsOf, wholeScansOf } from '@quadrille/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  insertReservations,
  lockReservations,
  readReservations,
  updateReservations,
} from '../src/db/reservation-table.ts'
import { findStock, listStock, lockClaimedStock, lockStock, moveStock, updateStock } from '../src/db/stock-table.ts'
import { inventory } from '../src/service.ts'

let database: Database
let close: () => Promise<void>
beforeAll(async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  await migrate(url, inventory.migrations)
  database = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined })
  close = async () => {
    await database.end()
    await drop()
  }
})
afterAll(() => close())

const fillUpTo = async (count: number) => {
  await database.query(
    `insert into reservation (order_id, status, lines)
     select gen_random_uuid(), 'committed', jsonb_build_array(jsonb_build_object('sku', 'sku-' || n, 'quantity', 1))
     from generate_series((select count(*) + 1 from reservation), $1::integer) as n`,
    [count],
  )
  await database.query(
    `insert into stock (sku, on_hand, reserved)
     select 'sku-' || n, 1, 0 from generate_series((select count(*) + 1 from stock), $1::integer) as n`,
    [count],
  )
}

const claimed = "(select current_setting('test.claimed')::uuid[])::uuid[]"
const orderId = newOrderId()
const lines = [{ orderId, sku: 'sku-1' }]

describe.each(planSizes)('with $rows orders and SKUs, analyzed: $analyzed', ({ rows, analyzed }) => {
  beforeAll(async () => {
    await fillUpTo(rows)
    if (analyzed) await database.query('analyze')
  })

  it('each statement reads by keys', async () => {
    const statements = [
      ...(await statementsOf((sql) => lockReservations(sql, claimed))),
      ...(await statementsOf((sql) => readReservations(sql, [orderId]))),
      ...(await statementsOf((sql) => lockStock(sql, ['sku-1']))),
      ...(await statementsOf((sql) => lockClaimedStock(sql, lines, { claimed, waits: true }))),
      ...(await statementsOf((sql) => lockClaimedStock(sql, lines, { claimed, waits: false }))),
      ...(await statementsOf((sql) => moveStock(sql, [{ sku: 'sku-1', kind: 'receipt', quantity: 1 }]))),
      ...(await statementsOf((sql) => findStock(sql, 'sku-1'))),
      ...(await statementsOf((sql) => listStock(sql, 'sku-1', 50))),
      ...[insertReservations([]), updateReservations([]), updateStock([])],
    ]
    expect(await wholeScansOf(database, statements)).toEqual([])
  })
})
