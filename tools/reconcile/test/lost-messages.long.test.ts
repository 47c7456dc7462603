/**
 * RabbitMQ loses messages that it has confirmed, as after a restore of all databases to one moment with an empty RabbitMQ.
 * Each kind is lost: events to the services, events that answer them, and tasks.
 */

import { formatReport, queueDepths } from '@quadrille/audit'
import { type ByService, type MessageType, type ServiceName, serviceNames } from '@quadrille/events'
import { type OrderRequest, untilSettled } from '@quadrille/shop-testing'
import { createVhost, type Vhost } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { connect } from 'amqplib'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type Outcome, reconcile } from '../src/reconcile.ts'
import { auditNow } from './audit-now.ts'
import { rowsOf } from './older-database.ts'
import { createDatabases, type RunningShop, startShop } from './running-shop.ts'

const request = (method: string, sku = 'mug'): OrderRequest => ({
  customer: { id: 'ada', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku, quantity: 1, unitPrice: 1_500 }],
  payment: { method },
})

/** No pause between two comparisons. */
const pause = async () => undefined

let databases: ByService<string>
let drop: () => Promise<unknown>
let vhost: Vhost
let shop: RunningShop

beforeAll(async () => {
  ;({ databases, drop } = await createDatabases(inject('postgresUrl')))
  vhost = await createVhost(inject('rabbitmqUrl'))
})
afterAll(async () => {
  await shop.stop()
  await vhost.drop()
  await drop()
})

const start = async (...only: ServiceName[]): Promise<void> => {
  shop = await startShop({ databases, amqpUrl: vhost.url, only: only.length > 0 ? only : serviceNames })
}

const place = async (...details: Parameters<typeof request>): Promise<string> => {
  const { status, body } = await shop.place(request(...details))
  expect(status).toBe(202)
  return (body as { id: string }).id
}

/** Waits until RabbitMQ has confirmed all messages of these services. */
const untilSent = (...names: ServiceName[]) =>
  waitFor(async () => {
    for (const name of names) expect(await rowsOf(databases[name], 'select type from outbox')).toEqual([])
  })

const untilStatus = (table: 'payment' | 'reservation', expected: Readonly<Record<string, string>>) =>
  waitFor(async () => {
    const rows = await rowsOf<{ id: string; status: string }>(
      databases[table === 'payment' ? 'payment' : 'inventory'],
      `select order_id as id, status from ${table} where order_id = any($1::uuid[])`,
      [Object.keys(expected)],
    )
    expect(Object.fromEntries(rows.map(({ id, status }) => [id, status]))).toEqual(expected)
  })

/** Sets the charge at the gateway to `processing` until this time. It can't be cancelled before. */
const keepChargeProcessing = async (orderId: string, until: string): Promise<void> => {
  const changed = `update gateway.intent set status = 'processing', due_at = ${until} where order_id = $1 returning 1`
  expect(await rowsOf(databases.payment, changed, [orderId])).toHaveLength(1)
}

/** Deletes the messages in the queues. */
const loseMessages = async (): Promise<void> => {
  const connection = await connect(vhost.url)
  const channel = await connection.createChannel()
  for (const queue of (await queueDepths(vhost.url)).keys()) await channel.purgeQueue(queue)
  await connection.close()
}

/** Types of messages that services may publish during the run. One in transit during a comparison is sent again. */
const publishedMeanwhile: readonly MessageType[] = ['NotificationSent', 'PaymentRefunded', 'Refund']

const typesOf = (sent: Outcome['sent']) =>
  Object.fromEntries(
    [...sent].map(([service, types]) => [
      service,
      [...types.keys()].filter((type) => !publishedMeanwhile.includes(type)).toSorted(),
    ]),
  )

test('after RabbitMQ has lost messages of every kind, every order is settled and the audit is clean', async () => {
  await start()
  await shop.setStock({ mug: 100 })
  const [unpaid, asked] = [await place('pm_sim_down'), await place('pm_sim_down')]
  await waitFor(() => keepChargeProcessing(asked, "now() + interval '1 hour'"))
  await shop.cancel(asked)
  await untilStatus('payment', { [unpaid]: 'pending', [asked]: 'cancelling' })
  await waitFor(async () =>
    expect(await rowsOf(databases.notification, `select from notification where status = 'sent'`)).toHaveLength(3),
  )
  await untilSent(...serviceNames)
  await shop.stop('payment', 'inventory', 'notification')
  await loseMessages() // Charge, and CancelCharge, which waits for an answer from the gateway
  expect((await reconcile({ databases, pause, dryRun: true })).uncharged).toBe(1)

  const [fulfilled, rejected] = [await place('pm_card_visa'), await place('pm_card_visa', 'nowhere')]
  await untilSent('order')
  await shop.stop()
  await start('payment', 'inventory')
  await untilStatus('reservation', { [fulfilled]: 'reserved', [rejected]: 'rejected' })
  await untilSent('payment', 'inventory')
  await shop.stop()
  await start('order')
  await waitFor(async () => expect(await shop.order(fulfilled)).toMatchObject({ status: 'fulfilled' }))
  await waitFor(async () => expect(await shop.order(rejected)).toMatchObject({ status: 'cancelled' }))
  await shop.cancel(unpaid)
  await untilSent('order')
  await loseMessages() // OrderFulfilled, and an OrderCancelled that no service has handled

  const [paid, declined, short, cancelled] = [
    await place('pm_card_visa'),
    await place('pm_card_chargeDeclined'),
    await place('pm_card_visa', 'nowhere'),
    await place('pm_sim_down'),
  ]
  await shop.cancel(cancelled)
  await untilSent('order')
  await shop.stop()
  await start('payment', 'inventory')
  await untilStatus('payment', {
    [paid]: 'captured',
    [declined]: 'declined',
    [short]: 'captured',
    [cancelled]: 'voided',
  })
  await untilStatus('reservation', {
    [paid]: 'reserved',
    [declined]: 'pending',
    [short]: 'rejected',
    [cancelled]: 'released',
  })
  await untilSent('payment', 'inventory')
  await shop.stop()
  await vhost.drop() // all answers, and all events for notification
  vhost = await createVhost(inject('rabbitmqUrl'))

  await keepChargeProcessing(asked, 'now()')
  await start()
  const all = [unpaid, asked, fulfilled, rejected, paid, declined, short, cancelled]
  const { sent, unhandled } = await reconcile({ databases, pause })
  expect(unhandled).toBe(0)
  expect(typesOf(sent)).toEqual({
    order: [
      ...['InventoryRejected', 'InventoryReleased', 'InventoryReserved'],
      ...['PaymentDeclined', 'PaymentProcessed', 'PaymentVoided'],
    ],
    payment: ['CancelCharge', 'OrderCancelled'],
    inventory: ['OrderCancelled', 'OrderFulfilled'],
    notification: ['OrderCancelled', 'OrderFulfilled', 'OrderPlaced'],
    shipping: ['OrderFulfilled'],
  })
  await untilSettled(shop, all)
  await waitFor(async () => {
    expect(await reconcile({ databases, pause, dryRun: true })).toEqual({
      sent: new Map(),
      unhandled: 0,
      unreadable: new Map(),
      sending: 0,
      unknownToPayment: 0,
      uncharged: 0,
    })
    expect(formatReport(await auditNow(databases))).not.toContain('✗')
  })
  const reasons = await Promise.all(all.map(async (id) => (await shop.order(id)).cancellation?.reason ?? 'fulfilled'))
  expect(reasons).toEqual([
    ...['customer', 'customer', 'fulfilled', 'out_of_stock'],
    ...['fulfilled', 'payment_declined', 'out_of_stock', 'customer'],
  ])
})

test('a lost notification is sent again, but only when it has no attempts left', async () => {
  const { orderId } = await undoSending()
  expect(await reconcile({ databases, pause, dryRun: true })).toEqual({
    sent: new Map(),
    unhandled: 0,
    unreadable: new Map(),
    sending: 1,
    unknownToPayment: 0,
    uncharged: 0,
  })
  const column = `update notification set at = now() - interval '61 minutes' where status = 'pending' returning order_id`
  expect(await rowsOf(databases.notification, column)).toEqual([{ order_id: orderId }])
  expect(typesOf((await reconcile({ databases, pause })).sent)).toMatchObject({ notification: ['Notify'] })
  const statuses = () => rowsOf(databases.notification, 'select distinct status from notification')
  await waitFor(async () => expect(await statuses()).toEqual([{ status: 'sent' }]))
})

/** Sets a sent notification to pending again, and deletes its result from all databases. */
const undoSending = async (): Promise<{ readonly orderId: string }> => {
  const [sent] = await rowsOf<{ orderId: string; occasion: string }>(
    databases.notification,
    `update notification set status = 'pending', attempts = 0, subject = null, text = null, at = now(), claimed_until = now()
     where seq = (select min(seq) from notification) returning order_id as "orderId", occasion`,
  )
  if (!sent) throw new Error('There is no notification.')
  const [event] = await rowsOf<{ id: string }>(
    databases.order,
    `delete from order_event where order_id = $1 and event->>'type' = 'NotificationSent'
     and event#>>'{data,occasion}' = $2 returning event->>'id' as id`,
    [sent.orderId, sent.occasion],
  )
  await rowsOf(databases.order, 'delete from inbox where id = $1', [event?.id])
  await rowsOf(databases.notification, 'delete from inbox') // its result is lost too
  return sent
}
