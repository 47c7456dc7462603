import { randomUUID } from 'node:crypto'
import { type MessageType, mapServices, newOrderId } from '@quadrille/events'
import { aMessage } from '@quadrille/shop-testing'
import { createTestDatabase } from '@quadrille/testing'
import { expect, inject, onTestFinished, test } from 'vitest'
import { checkDeliveries } from '../src/report/deliveries.ts'
import { query } from '../src/world/query.ts'

const lines = [{ sku: 'mug', quantity: 1 }]

/** An order that has expired, in the one database of all services. */
const expired = async (types: readonly MessageType[]) => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  await query(url, 'create table inbox (id uuid primary key)')
  await query(url, 'create table order_event (seq integer, order_id uuid, id uuid, event json)')
  const orderId = newOrderId()
  const events = types.map((type) => ({ ...aMessage('InventoryReleased', { orderId, lines }), type, id: randomUUID() }))
  for (const [seq, event] of events.entries()) {
    await query(url, 'insert into order_event (seq, order_id, id, event) values ($1, $2, $3, $4)', [
      ...[seq, orderId, event.id, JSON.stringify(event)],
    ])
    await query(url, 'insert into inbox (id) values ($1)', [event.id])
  }
  const check = () => checkDeliveries(mapServices(() => url))
  const lose = async (type: MessageType) =>
    query(url, "delete from inbox using order_event where order_event.id = inbox.id and event ->> 'type' = $1", [type])
  return { orderId, check, lose }
}

const all: readonly MessageType[] = [
  'OrderPlaced',
  'PaymentProcessed',
  'InventoryReserved',
  'OrderCancelled',
  'InventoryReleased',
]

test('an event that has not reached one of its consumers is found, although all agree that the order expired', async () => {
  const { orderId, check, lose } = await expired(all)
  const { checked, violations } = await check()
  expect(violations).toEqual([])
  expect(checked).toEqual({ events: 5, deliveries: 10 })
  await lose('OrderPlaced')
  expect((await check()).violations).toEqual(
    ['payment', 'inventory', 'notification'].map((service) => ({
      subject: orderId,
      detail: `OrderPlaced has not reached ${service}`,
    })),
  )
})

test('released stock without its reservation shows that InventoryReserved was lost', async () => {
  const { orderId, check } = await expired(all.filter((type) => type !== 'InventoryReserved'))
  expect((await check()).violations).toEqual([{ subject: orderId, detail: 'InventoryReserved has not reached order' }])
})
