/** The check of the workflow's database finds each kind of fault of the invariants I1 to I4. */
import { createTestDatabase } from '@quadrille/testing'
import { Pool } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { check } from '../peers/src/orchestration/check.ts'
import { tableStatements } from '../peers/src/orchestration/tables.ts'

const idOf = (number: number): string => `00000000-0000-7000-8000-00000000000${number}`
const [fulfilled, cancelled] = [`'${idOf(1)}'`, `'${idOf(2)}'`]

/** An order of two pieces, its payment and its reservation, with this end. */
const order = (id: string, end: 'fulfilled' | 'cancelled'): string => {
  const isCancelled = end === 'cancelled'
  return `
    insert into dbos.workflow_status values (${id}, 'SUCCESS');
    insert into customer_order (id, customer, currency, total, lines, status, reason, settled, expires_at)
      values (${id}, '{}', 'EUR', 20, '[]', '${end}', ${isCancelled ? `'customer'` : 'null'}, true, now());
    insert into payment (order_id, status, gateway_reference, captured, refunded)
      values (${id}, 'captured', 'sim_' || ${id}, 20, ${isCancelled ? 20 : 0});
    insert into gateway.intent (reference, order_id, amount, currency, captured, refunded, capture_count, refund_count, created_at)
      values ('sim_' || ${id}, ${id}, 20, 'EUR', 20, ${isCancelled ? '20, 1, 1' : '0, 1, 0'}, now());
    insert into reservation values (${id}, '[{ "sku": "mug", "quantity": 2 }]', '${isCancelled ? 'released' : 'committed'}');
    insert into notification (order_id, occasion, recipient) values (${id}, 'order_${end}', 'c@example.com')`
}

let pool: Pool
let drop: () => Promise<void>

beforeAll(async () => {
  const database = await createTestDatabase(inject('postgresUrl'))
  drop = database.drop
  pool = new Pool({ connectionString: database.url })
  pool.on('error', () => undefined) // the drop may end a connection that the pool is still closing
  for (const statement of tableStatements({ gatewayExists: false })) await pool.query(statement)
  await pool.query('create schema dbos; create table dbos.workflow_status (workflow_uuid text, status text)')
  await pool.query(`insert into stock values ('mug', 10, 8)`)
  await pool.query(order(fulfilled, 'fulfilled'))
  await pool.query(order(cancelled, 'cancelled'))
})

afterAll(async () => {
  await pool.end()
  await drop()
})

/** The findings after this statement, which is then taken back. */
const findingsAfter = async (fault: string): Promise<string[]> => {
  const client = await pool.connect()
  await client.query('begin')
  await client.query(fault)
  const { rows } = await client.query<{ wrong: string }>(check)
  await client.query('rollback')
  client.release()
  return rows.map(({ wrong }) => wrong)
}

test('orders that ended rightly have no fault', async () => {
  expect(await findingsAfter('select 1')).toEqual([])
})

test.each([
  [
    `update dbos.workflow_status set status = 'ERROR' where workflow_uuid = ${fulfilled}`,
    'I1: workflows that have not ended',
  ],
  [`insert into dbos.workflow_status values (gen_random_uuid(), 'SUCCESS')`, 'I1: accepted orders that are missing'],
  [`update customer_order set settled = false where id = ${cancelled}`, 'I1: orders that are not settled'],
  [`update payment set refunded = 0 where order_id = ${cancelled}`, 'I2: orders whose money does not add up'],
  [
    `update gateway.intent set refunded = 0 where order_id = ${cancelled}`,
    'I2: orders whose money does not add up at the gateway',
  ],
  [
    `update gateway.intent set order_id = gen_random_uuid() where order_id = ${cancelled}`,
    'I2: charges without an order',
  ],
  [`update stock set on_hand = 7`, 'I3: SKUs whose stock does not add up'],
  [`update stock set reserved = 1`, 'I3: SKUs whose stock does not add up'],
  [
    `update reservation set status = 'reserved' where order_id = ${cancelled}`,
    'I3: orders whose reservation does not match their end',
  ],
  [
    `update reservation set status = 'committed' where order_id = ${cancelled}`,
    'I3: orders whose reservation does not match their end',
  ],
  [
    `update gateway.intent set capture_count = 2 where order_id = ${fulfilled}`,
    'I4: orders captured or refunded more than once',
  ],
  [
    `delete from notification where order_id = ${fulfilled}`,
    'I4: orders without exactly one notification of their end',
  ],
])('after "%s" it finds: %s', async (fault, finding) => {
  expect(await findingsAfter(fault)).toContain(`1 ${finding}`)
})
