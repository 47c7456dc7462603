/** The diagnosis of an order that is open but not overdue. No other service has joined, so its events wait in the outbox. */
import { newOrderId } from '@quadrille/events'
import { openDatabase } from '@quadrille/postgres'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, it, onTestFinished } from 'vitest'
import { anOrderRequest, startOrders } from './orders-by-http.ts'

it('shows what an order waits for, and after a cancellation the answers to that', async () => {
  const { get, post } = await startOrders({ env: { ORDER_CHECK: 'off' } })
  const { id } = (await post('/orders', anOrderRequest)).body
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

  await post(`/orders/${id}/cancel`, {})
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

it('an event that an earlier version has stored with a NUL does not hide the stuck orders', async () => {
  const { databaseUrl, get, post } = await startOrders({ env: { ORDER_CHECK: 'off', STUCK_AFTER: '1ms' } })
  const place = async (): Promise<string> => (await post('/orders', anOrderRequest)).body.id
  const [broken, other] = [await place(), await place()]
  const sql = openDatabase({ url: databaseUrl, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => sql.end())
  const event = { type: 'PaymentProcessed', time: new Date().toISOString(), traceparent: '\0' }
  await sql.query('insert into order_event (order_id, id, event) values ($1, gen_random_uuid(), $2)', [
    broken,
    JSON.stringify(event),
  ])
  await sql.query("update customer_order set status = 'paid', payment = 'captured' where id = $1", [broken])
  const since = expect.stringMatching(/^\d{4}-/)
  await waitFor(async () =>
    expect(await get('/orders?stuck=true')).toMatchObject({
      status: 200,
      body: {
        items: [
          { id: other, diagnoses: [{ owedBy: 'payment', since }] },
          { id: broken, diagnoses: [{ owedBy: 'inventory', since: event.time }] },
        ],
      },
    }),
  )
})
