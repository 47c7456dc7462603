/** The statements read only the rows of their orders, in small and in large tables. Connections keep their plans. */
import { newOrderId } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { describePlans } from '@quadrille/testing/plans'
import {
  beginAttempts,
  findChargeable,
  findPayments,
  insertPayments,
  lockPayments,
  updatePayments,
} from '../src/db/payment-table.ts'
import { findRefusals, insertRefusals } from '../src/db/refusal-table.ts'
import { createIntents, findCreated, lockIntents, updateIntents } from '../src/gateway/simulated/intent-table.ts'
import { payment } from '../src/service.ts'

const fillUpTo = async (database: Database, count: number) => {
  await database.query(
    `insert into payment (order_id, status, cancelled, amount, currency, gateway_reference, attempts, captured, refunded,
                          refund_round)
     select gen_random_uuid(), 'captured', false, 100, 'EUR', 'sim_' || n, 1, 100, 0, 0
     from generate_series((select count(*) + 1 from payment), $1::integer) as n`,
    [count],
  )
  await database.query(
    `insert into refund_refusal (order_id, round, code)
     select order_id, 1, 'card_gone' from payment on conflict do nothing`,
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

const orderId = newOrderId()
const attempt = { orderId, reference: 'sim_1', expiresAt: '2026-01-01T00:00:00Z' }
const creation = { key: 'create', orderId, amount: 100, currency: 'EUR' }
const times = { now: new Date(), expiredBefore: new Date() }

describePlans({
  migrations: payment.migrations,
  fillUpTo,
  run: [
    (sql, claimedSql) => lockPayments(sql, claimedSql),
    (sql) => findPayments(sql, [orderId]),
    (sql) => beginAttempts(sql, [attempt]),
    (sql) => findChargeable(sql, [attempt]),
    (sql) => findRefusals(sql, orderId, 20),
    (sql) => createIntents(sql, [creation], times),
    (sql) => findCreated(sql, ['create']),
    (sql) => lockIntents(sql, ['sim_1']),
  ],
  statements: [updateIntents([]), insertPayments([]), updatePayments([]), insertRefusals([])],
})
