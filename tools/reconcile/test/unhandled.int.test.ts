/** Missing messages that wait in a database of a running shop: as dead letters, or in an outbox. */

import type { ByService, Message, MessageType, ServiceName } from '@quadrille/events'
import { messageId } from '@quadrille/messages'
import { untilSettled } from '@quadrille/shop-testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { reconcile } from '../src/reconcile.ts'
import { rowsOf } from './older-database.ts'
import { createDatabases, expectEmptyOutboxes, type RunningShop, startShop } from './running-shop.ts'

let databases: ByService<string>
let drop: () => Promise<unknown>
let shop: RunningShop

beforeAll(async () => {
  ;({ databases, drop } = await createDatabases(inject('postgresUrl')))
  shop = await startShop({ databases })
  await shop.setStock({ mug: 100 })
})
afterAll(async () => {
  await shop.stop()
  await drop()
})

const run = (dryRun = false) => reconcile({ databases, dryRun, pause: async () => undefined })

const nothing = { sent: new Map(), unhandled: 0, unreadable: new Map(), sending: 0, unknownToPayment: 0, uncharged: 0 }
const unhandled = { ...nothing, unhandled: 1 }
const oneSent = (service: ServiceName, type: MessageType) => ({
  ...nothing,
  sent: new Map([[service, new Map([[type, 1]])]]),
})

/** Waits until the emails are sent, and all events have arrived: a run without a pause takes one in transit for unhandled. */
const untilNothingIsMissing = () =>
  waitFor(
    async () => {
      expect(await run(true)).toEqual(nothing)
      await expectEmptyOutboxes(databases)
    },
    { interval: 200 }, // a run takes as much time of the processor as many messages
  )

const place = async (method: string, sku = 'mug'): Promise<string> => {
  const { status, body } = await shop.place({
    customer: { id: 'ada', email: 'ada@example.com' },
    currency: 'EUR',
    lines: [{ sku, quantity: 1, unitPrice: 1_500 }],
    payment: { method },
  })
  expect(status).toBe(202)
  return (body as { id: string }).id
}

const refunded = async (): Promise<string> => {
  const orderId = await place('pm_card_visa', 'nowhere')
  await untilSettled(shop, [orderId])
  await untilNothingIsMissing()
  return orderId
}

/** The id of the event of this type in the order's history. */
const eventId = async (orderId: string, type: MessageType): Promise<string> => {
  const [event] = await rowsOf<{ id: string }>(
    databases.order,
    `select id from order_event where order_id = $1 and event->>'type' = $2`,
    [orderId, type],
  )
  return event?.id ?? ''
}

/** Sets a refunded payment to a status before its refund, and deletes the refund from the history and the inboxes. */
const undoRefund = async (orderId: string, status: 'captured' | 'refunding'): Promise<void> => {
  const id = await eventId(orderId, 'PaymentRefunded')
  await rowsOf(databases.payment, 'update payment set status = $2, refunded = 0 where order_id = $1', [orderId, status])
  await rowsOf(databases.payment, 'delete from inbox where subject = $1', [orderId])
  await rowsOf(databases.order, 'delete from order_event where order_id = $1 and id = $2', [orderId, id])
  await rowsOf(databases.order, 'delete from inbox where id = $1', [id])
}

interface Parked {
  readonly id: string
  readonly queue: string
  readonly reason: string
}

const park = (service: ServiceName, { id, queue, reason }: Parked) =>
  rowsOf(
    databases[service],
    `insert into dead_letter (id, message_id, type, queue, exchange, reason, error, attempts, first_failed_at, last_failed_at,
       message, headers, body)
     values (gen_random_uuid(), $1, 'any', $2, 'any', $3, 'any', 1, now(), now(), '{}', '{}', '')`,
    [id, queue, reason],
  )

test('an OrderPlaced that is a dead letter is reported and not sent under another id', async () => {
  const orderId = await place('pm_sim_down')
  await untilNothingIsMissing()
  const id = await eventId(orderId, 'OrderPlaced')
  await rowsOf(databases.inventory, 'delete from reservation where order_id = $1', [orderId])
  await rowsOf(databases.inventory, 'delete from inbox where id = $1', [id])
  await park('inventory', { id, queue: 'inventory.inbox', reason: 'kills_its_consumer' })
  expect(await run(true)).toEqual(unhandled)
  expect(await run()).toEqual(unhandled)

  await rowsOf(databases.inventory, 'delete from dead_letter')
  expect(await run(true)).toEqual(oneSent('inventory', 'OrderPlaced')) // a dry run waits for no message
  expect(await run()).toEqual(oneSent('inventory', 'OrderPlaced'))
  await untilNothingIsMissing()
})

interface Waiting {
  readonly id: string
  readonly type: MessageType
  readonly orderId: string
  readonly exchange: string
}

/** Inserts a message into payment's outbox that is not sent for ten minutes. */
const waitInOutbox = ({ id, type, orderId, exchange }: Waiting) =>
  rowsOf(
    databases.payment,
    `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
     values ($1, $2, $3, $4, '', '{}', now() + interval '10 minutes')`,
    [id, type, orderId, exchange],
  )

test('an event is sent although a copy that came through the wrong exchange is a dead letter', async () => {
  const orderId = await refunded()
  await undoRefund(orderId, 'captured')
  const id = await eventId(orderId, 'OrderCancelled')
  await park('payment', { id, queue: 'payment.inbox', reason: 'wrong_exchange' })
  expect((await run()).sent.get('payment')).toEqual(new Map([['OrderCancelled', 1]]))
  await waitFor(async () => expect(await shop.payment(orderId)).toBe('refunded'))
  await untilNothingIsMissing()
})

test('an event in a version of a later release is reported, and the messages of other orders are sent', async () => {
  const [later, other] = [await refunded(), await refunded()]
  for (const orderId of [later, other]) await undoRefund(orderId, 'captured')
  const setVersion = (version: number) =>
    rowsOf(
      databases.order,
      `update order_event set event = jsonb_set(event::jsonb, '{schemaversion}', $2)::json
       where order_id = $1 and event->>'type' = 'OrderCancelled'`,
      [later, version],
    )
  await setVersion(99)
  const before = await run()
  expect(before.sent.get('payment')).toEqual(new Map([['OrderCancelled', 1]]))
  expect(before.unhandled).toBe(1)
  expect([...before.unreadable]).toEqual([[later, expect.stringMatching(/^future_version: OrderCancelled /)]])
  await waitFor(async () => expect(await shop.payment(other)).toBe('refunded'))
  expect(await shop.payment(later)).toBe('captured')

  await setVersion(2)
  expect((await run()).sent.get('payment')).toEqual(new Map([['OrderCancelled', 1]]))
  await waitFor(async () => expect(await shop.payment(later)).toBe('refunded'))
  await untilNothingIsMissing()
})

test('no event is sent to an order whose history was deleted before its last event', async () => {
  const orderId = await place('pm_card_visa')
  await untilSettled(shop, [orderId])
  await untilNothingIsMissing()
  const deletion = `delete from order_event where order_id = $1 and event->>'type' <> 'NotificationSent' returning id`
  const deleted = await rowsOf<{ id: string }>(databases.order, deletion, [orderId])
  await rowsOf(databases.order, 'delete from inbox where id = any($1)', [deleted.map(({ id }) => id)])
  expect(await run()).toEqual(nothing)
})

test('an event that another run has put into the outbox, and that is sent later, is awaited', async () => {
  const orderId = await refunded()
  await undoRefund(orderId, 'captured')
  const history = await (await fetch(`${shop.urlOf('order')}/orders/${orderId}/events`)).json()
  const event = (history as { items: Message[] }).items.find(({ type }) => type === 'OrderCancelled')
  await rowsOf(
    databases.payment,
    `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
     values ($1, 'OrderCancelled', $2, 'payment.direct', 'payment.inbox', $3, now() + interval '4 s')`,
    [event?.id, orderId, JSON.stringify(event)],
  )
  const { unhandled, sent } = await run()
  expect([unhandled, sent.get('payment')?.get('OrderCancelled')]).toEqual([0, undefined])
  await waitFor(async () => expect(await shop.payment(orderId)).toBe('refunded'))
  await untilNothingIsMissing()
})

test('an event that waits in the outbox of its publisher is reported and not sent', async () => {
  const orderId = await refunded()
  const id = await eventId(orderId, 'PaymentProcessed')
  await rowsOf(databases.order, 'delete from order_event where id = $1', [id])
  await rowsOf(databases.order, 'delete from inbox where id = $1', [id])
  const waiting = { before: 'payment.direct', now: 'payment.events' } // a copy for payment alone, and the event
  await waitInOutbox({ id, type: 'PaymentProcessed', orderId, exchange: waiting.before })
  expect(await run(true)).toEqual(oneSent('order', 'PaymentProcessed'))
  await rowsOf(databases.payment, 'update outbox set exchange = $1', [waiting.now])
  expect(await run(true)).toEqual(unhandled)
  expect(await reconcile({ databases, stalledAfterMs: 1_000, pause: async () => undefined })).toEqual(unhandled)

  await rowsOf(databases.payment, 'delete from outbox')
  expect(await run()).toEqual(oneSent('order', 'PaymentProcessed'))
  await untilNothingIsMissing()
})

test('an event of a removed shipping service is sent to notification again', async () => {
  const orderId = await place('pm_card_visa')
  await untilSettled(shop, [orderId])
  const dispatch = () =>
    fetch(`${shop.urlOf('shipping')}/shipments/${orderId}/dispatch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ carrier: 'DHL', trackingCode: '003404' }),
    })
  await waitFor(async () => expect((await dispatch()).status).toBe(200))
  await waitFor(async () => expect(await eventId(orderId, 'ShipmentDispatched')).not.toBe(''))
  await untilNothingIsMissing()
  const id = await eventId(orderId, 'ShipmentDispatched')
  const forgetting = 'update addressee set occasions = occasions[:cardinality(occasions) - 1] where order_id = $1'
  await rowsOf(databases.notification, forgetting, [orderId])
  await rowsOf(databases.notification, 'delete from inbox where id = $1', [id])

  const { shipping: _, ...withoutShipping } = databases
  const outcome = await reconcile({ databases: withoutShipping, pause: async () => undefined })
  expect(outcome).toEqual(oneSent('notification', 'ShipmentDispatched'))
  await untilNothingIsMissing()
})

test('orders that payment has never received are counted, and a dead letter of their OrderPlaced as not handled', async () => {
  const unpaid = [await place('pm_sim_down'), await place('pm_sim_down')]
  const [orderId = ''] = unpaid
  await untilNothingIsMissing()
  const id = await eventId(orderId, 'OrderPlaced')
  await rowsOf(databases.payment, 'delete from payment where order_id = $1', [orderId])
  await rowsOf(databases.payment, 'delete from inbox where id = $1', [id])
  expect(await run()).toEqual({ ...nothing, unknownToPayment: 1 })

  await park('payment', { id, queue: 'payment.inbox', reason: 'kills_its_consumer' })
  expect(await run()).toEqual(unhandled)
  await rowsOf(databases.payment, 'delete from dead_letter')

  await park('order', { id, queue: 'order.events', reason: 'unsendable' })
  expect(await run()).toEqual(unhandled)
  await rowsOf(databases.order, 'delete from dead_letter')

  await waitInOutbox({ id, type: 'OrderPlaced', orderId, exchange: 'payment.direct' }) // as in a slow replay
  expect(await run()).toEqual(nothing)
  await rowsOf(databases.payment, 'delete from outbox')
  await Promise.all(unpaid.map((each) => shop.cancel(each)))
  await untilSettled(shop, unpaid)
  await untilNothingIsMissing()
})

test('orders whose charge is in no table of payment are counted, because it may be lost, and a dead letter as not handled', async () => {
  const unpaid = await place('pm_sim_down')
  await untilNothingIsMissing()
  const charge = `message->>'type' = 'Charge' and message->>'correlationId' = $1`
  await waitFor(async () => {
    await rowsOf(databases.payment, `delete from retry where ${charge}`, [unpaid]) // a running attempt inserts it again
    expect(await run(true)).toEqual({ ...nothing, uncharged: 1 })
  })
  const id = messageId(unpaid, 'Charge', '')
  await park('payment', { id, queue: 'payment.tasks', reason: 'attempts_exhausted' })
  expect(await run()).toEqual(unhandled)
  await rowsOf(databases.payment, 'delete from dead_letter')
  await shop.cancel(unpaid)
  await untilSettled(shop, [unpaid])
  await untilNothingIsMissing()
})

test('a Refund is reported until it leaves the outbox, and if it is a dead letter', async () => {
  await undoRefund(await refunded(), 'refunding')
  await shop.stop('payment')
  expect(await run()).toEqual(oneSent('payment', 'Refund'))
  expect(await run()).toEqual(unhandled)
  const [unsent] = await rowsOf<{ id: string }>(databases.payment, 'delete from outbox returning id')
  await park('payment', { id: unsent?.id ?? '', queue: 'payment.tasks', reason: 'future_version' })
  expect(await run()).toEqual(unhandled)
})
