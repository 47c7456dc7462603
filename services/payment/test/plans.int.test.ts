/** The statements read only the rows of their orders, in small and in large tables. Connections keep their plans. */
import { newOrderId } from '@quadrille/events'
import { type Database, migrate, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, planSizes, statementsOf, wholeScansOf } from '@quadrille/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  beginAttempts,
  findChargeable,
  insertPayments,
  lockPayments,
  readPayments,
  updatePayments,
} from '../src/db/payment-table.ts'
import { createIntents, findCreated, lockIntents, updateIntents } from '../src/gateway/simulated/intent-table.ts'
import { payment } from '../src/service.ts'

let database: Database
let close: () => Promise<void>
beforeAll(async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  await migrate(url, payment.migrations)
  database = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined })
  close = async () => {
    await database.end()
    await drop()
  }
})
afterAll(() => close())

const fillUpTo = async (count: number) => {
  await database.query(
    `insert into payment (order_id, status, cancelled, amount, currency, gateway_reference, attempts, captured, refunded,
                          refund_round)
     select gen_random_uuid(), 'captured', false, 100, 'EUR', 'sim_' || n, 1, 100, 0, 0
     from generate_series((select count(*) + 1 from payment), $1::integer) as n`,
    [count],
  )
  await database.query(
    `insert into gateway.intent (reference, order_id, amount, currency, created_at)
     select gateway_reference, order_id, 100, 'EUR', now() from payment on conflict do nothing`,
  )
  await database.query(
    `insert into gateway.create_key (key, reference, created_at)
     select 'create:' || order_id, reference, now() from gateway.intent on conflict do nothing`,
  )
}

const claimed = "(select current_setting('test.claimed')::uuid[])::uuid[]"
const orderId = newOrderId()
const attempt = { orderId, reference: 'sim_1', expiresAt: '2026-01-01T00:00:00Z' }
const creation = { key: 'create', orderId, amount: 100, currency: 'EUR' }
const times = { now: new Date(), expiredBefore: new Date() }

describe.each(planSizes)('with $rows orders, analyzed: $analyzed', ({ rows, analyzed }) => {
  beforeAll(async () => {
    await fillUpTo(rows)
    if (analyzed) await database.query('analyze')
  })

  it('each statement reads by keys', async () => {
    const statements = [
      ...(await statementsOf((sql) => lockPayments(sql, claimed))),
      ...(await statementsOf((sql) => readPayments(sql, [orderId]))),
      ...(await statementsOf((sql) => beginAttempts(sql, [attempt]))),
      ...(await statementsOf((sql) => findChargeable(sql, [attempt]))),
      ...(await statementsOf((sql) => createIntents(sql, [creation], times))),
      ...(await statementsOf((sql) => findCreated(sql, ['create']))),
      ...(await statementsOf((sql) => lockIntents(sql, ['sim_1']))),
      ...[updateIntents([]), insertPayments([]), updatePayments([])],
    ]
    expect(await wholeScansOf(database, statements)).toEqual([])
  })
})
