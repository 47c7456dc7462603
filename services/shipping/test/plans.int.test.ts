/** The statements read only the rows of their orders, in small and in large tables. Connections keep their plans. */
import { newOrderId } from '@quadrille/events'
import { type Database, migrate, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, planSizes, statementsOf, wholeScansOf } from '@quadrille/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  countOpenShipments,
  findParcels,
  findShipment,
  findShipped,
  findTrace,
  insertParcels,
  insertShipments,
  listShipments,
  lockShipments,
  updateShipments,
} from '../src/db/shipment-table.ts'
import { shipping } from '../src/service.ts'

let database: Database
let close: () => Promise<void>
beforeAll(async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  await migrate(url, shipping.migrations)
  database = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined })
  close = async () => {
    await database.end()
    await drop()
  }
})
afterAll(() => close())

/** One of a hundred orders is dispatched. */
const fillUpTo = (count: number) =>
  database.query(
    `with fresh as (
       insert into shipment (order_id, status)
       select gen_random_uuid(), case n % 100 when 0 then 'dispatched' else 'open' end
       from generate_series((select count(*) + 1 from shipment), $1::integer) as n
       returning order_id, status
     )
     insert into parcel (id, order_id, carrier, tracking_code, at, idempotency_key)
     select gen_random_uuid(), order_id, 'DHL', '1', now(), order_id from fresh where status = 'dispatched'`,
    [count],
  )

const claimed = "(select current_setting('test.claimed')::uuid[])::uuid[]"
const orderId = newOrderId()

describe.each(planSizes)('with $rows orders, analyzed: $analyzed', ({ rows, analyzed }) => {
  beforeAll(async () => {
    await fillUpTo(rows)
    if (analyzed) await database.query('analyze')
  })

  it('each statement reads by keys', async () => {
    const page = { before: orderId, limit: 50 }
    const statements = [
      ...(await statementsOf((sql) => lockShipments(sql, claimed))),
      ...(await statementsOf((sql) => findParcels(sql, claimed, ['a']))),
      ...(await statementsOf((sql) => countOpenShipments(sql, 10_000))),
      ...(await statementsOf((sql) => findTrace(sql, orderId))),
      ...(await statementsOf((sql) => findShipped(sql, [orderId]))),
      ...(await statementsOf((sql) => findShipment(sql, orderId))),
      ...(await statementsOf((sql) => listShipments(sql, { ...page, status: null }))),
      ...(await statementsOf((sql) => listShipments(sql, { ...page, status: 'open' }))),
      ...(await statementsOf((sql) => listShipments(sql, { ...page, status: 'dispatched' }))),
      ...[insertShipments([]), updateShipments([]), insertParcels([])],
    ]
    expect(await wholeScansOf(database, statements)).toEqual([])
  })
})
