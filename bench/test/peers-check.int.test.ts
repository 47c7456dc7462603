/** The query that checks the tables of a peer finds each kind of fault. */
import { createTestDatabase } from '@quadrille/testing'
import { Pool } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { check } from '../peers/src/shop/check.ts'
import { createAllTables } from '../peers/src/shop/tables.ts'

/** Statements that handle an order of two pieces. */
const fulfilled = (id: string): string => `
  insert into customer_order (id, customer_id, email, currency, total, sku, quantity, unit_price, status, settled)
    values ('${id}', 'c', 'c@example.com', 'EUR', 20, 'bench-0', 2, 10, 'fulfilled', true);
  insert into payment.payment (order_id, amount, currency, status, gateway_reference)
    values ('${id}', 20, 'EUR', 'captured', 'r');
  insert into gateway.charge (idempotency_key, reference, amount, currency, method)
    values ('${id}', 'r', 20, 'EUR', 'pm_card_visa');
  insert into inventory.reservation (order_id, sku, quantity, status) values ('${id}', 'bench-0', 2, 'committed');
  update inventory.stock set on_hand = on_hand - 2 where sku = 'bench-0';
  insert into notification.notification (order_id, channel, occasion, recipient)
    values ('${id}', 'email', 'fulfilled', 'c@example.com')`

let pool: Pool
let drop: () => Promise<void>

beforeAll(async () => {
  const database = await createTestDatabase(inject('postgresUrl'))
  drop = database.drop
  pool = new Pool({ connectionString: database.url })
  pool.on('error', () => undefined) // the drop may end a connection that the pool is still closing
  await createAllTables(pool)
  await pool.query(fulfilled('00000000-0000-7000-8000-000000000001'))
  await pool.query(fulfilled('00000000-0000-7000-8000-000000000002'))
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

const one = `'00000000-0000-7000-8000-000000000001'`

test('fulfilled orders have no fault', async () => {
  expect(await findingsAfter('select 1')).toEqual([])
})

test.each([
  [`update customer_order set settled = false where id = ${one}`, '1 orders that are not settled'],
  [`delete from payment.payment where order_id = ${one}`, '1 orders without exactly one payment'],
  ['delete from gateway.charge', '2 orders without exactly one charge of their total'],
  ['update gateway.charge set amount = 19', '2 orders without exactly one charge of their total'],
  [`delete from notification.notification where order_id = ${one}`, '1 orders without exactly one notification'],
  [
    `insert into notification.notification (order_id, channel, occasion, recipient)
     values (${one}, 'email', 'placed', 'c@example.com')`,
    '1 orders without exactly one notification',
  ],
  [
    `update payment.payment set order_id = '00000000-0000-7000-8000-000000000003' where order_id = ${one}`,
    '1 payments without an order',
  ],
  [
    `update inventory.reservation set order_id = '00000000-0000-7000-8000-000000000003' where order_id = ${one}`,
    '1 reservations without an order',
  ],
  [
    `update inventory.reservation set status = 'reserved' where order_id = ${one}`,
    '1 orders without exactly one committed reservation',
  ],
  [`update inventory.stock set on_hand = on_hand - 2 where sku = 'bench-0'`, '1 SKUs whose stock does not add up'],
  [`update inventory.stock set reserved = 2 where sku = 'bench-1'`, '1 SKUs whose stock does not add up'],
])('after "%s" it finds: %s', async (fault, finding) => {
  expect(await findingsAfter(fault)).toContain(finding)
})
