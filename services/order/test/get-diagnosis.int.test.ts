/** The diagnosis of an order that is open but not overdue. No other service has joined, so its events wait in the outbox. */
import { newOrderId } from '@quadrille/events'
import { type Database, openDatabase } from '@quadrille/postgres'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, it, onTestFinished } from 'vitest'
import { startOrders } from './orders-by-http.ts'

const connect = (url: string): Database => {
  const sql = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => sql.end())
  return sql
}

/** The events of this order are no longer JSON. Without the cast, Postgres stores no such text. */
const damageHistory = async (sql: Database, orderId: string) => {
  await sql.query('create cast (text as json) without function')
  await sql.query(`update order_event set event = '{"type'::text::json where order_id = $1`, [orderId])
  await sql.query('drop cast (text as json)')
}

/** Statements that read the failed attempt of this order fail. */
const damageAttempt = async (sql: Database, orderId: string) => {
  await sql.query(
    `insert into failed_attempt (subject, number, message_id, type, queue, attempt, error, outcome, first_failed_at, at)
     values ($1, 1, 'm-1', 'PaymentProcessed', 'order.inbox', 1, 'failed', 'retried', now(), now())`,
    [orderId],
  )
  await sql.query(
    `create function read_error(subject uuid, error text) returns text stable language plpgsql as $$
     begin if subject = '${orderId}' then raise 'raised by the test' using errcode = 'XX001'; end if; return error; end $$`,
  )
  await sql.query('alter table failed_attempt rename to stored_attempt')
  await sql.query(
    `create view failed_attempt as
     select subject, number, message_id, causation_id, type, queue, attempt, read_error(subject, error) as error, outcome, reason,
            first_failed_at, at, next_at
     from stored_attempt`,
  )
}

it('shows what an order waits for, and after a cancellation the answers to that', async () => {
  const { get, place, cancel } = await startOrders({ env: { ORDER_CHECK: 'off' } })
  const id = await place()
  const diagnoses = async () => (await get(`/orders/${id}/diagnosis`)).body
  const newestEvent = async () => (await get(`/orders/${id}/events?limit=1`)).body.items[0]
  const placed = await newestEvent()
  expect(await diagnoses()).toEqual({
    items: [
      {
        missing: ['PaymentProcessed', 'PaymentDeclined'],
        owedBy: 'payment',
        since: placed.time,
        where: {
          ...{ service: 'order', place: 'outbox', messageId: placed.id, type: 'OrderPlaced', queue: null, attempts: 0 },
          ...{ error: null, since: expect.any(String), at: expect.any(String), deadLetterId: null },
        },
        remedy: null,
      },
    ],
  })

  await cancel(id)
  const { time: since } = await newestEvent()
  const where = { service: 'order', place: 'outbox', type: 'OrderCancelled' }
  expect(await diagnoses()).toMatchObject({
    items: [
      { missing: ['PaymentRefunded', 'PaymentVoided', 'PaymentDeclined'], owedBy: 'payment', since, where },
      { missing: ['InventoryReleased', 'InventoryRejected'], owedBy: 'inventory', since, where },
    ],
  })

  expect((await get(`/orders/${newOrderId()}/diagnosis`)).status).toBe(404)
})

it('damaged rows of an order hide no other stuck order, and the order can be cancelled', async () => {
  const { databaseUrl, get, place, cancel } = await startOrders({ env: { ORDER_CHECK: 'off', STUCK_AFTER: '1ms' } })
  const [damaged, other] = [await place(), await place()]
  const sql = connect(databaseUrl)
  await damageHistory(sql, damaged)
  await damageAttempt(sql, damaged)
  const diagnoses = [{ owedBy: 'payment', since: null, where: { service: 'order', place: 'unknown' } }]
  await waitFor(async () =>
    expect(await get('/orders?stuck=true')).toMatchObject({
      status: 200,
      body: {
        items: [
          { id: other, diagnoses: [{ since: expect.stringMatching(/^\d{4}-/), where: { place: 'outbox' } }] },
          { id: damaged, diagnoses },
        ],
      },
    }),
  )
  expect(await get(`/orders/${damaged}/diagnosis`)).toMatchObject({ status: 200, body: { items: diagnoses } })
  await cancel(damaged)
})
