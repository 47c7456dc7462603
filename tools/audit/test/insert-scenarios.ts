/** Writes scenarios into the services' tables. */
import { randomUUID } from 'node:crypto'
import { type ByService, type MessageType, mapServicesAsync, type Occasion } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'
import { type Scenario, type ScenarioName, scenarios } from './scenarios.ts'

const total = 4_500
const received = 1_000_000
const lines = [{ sku: 'mug', quantity: 2 }]
/** A release has no lines if nothing was reserved. */
const heldBy = ({ events }: Scenario) => (events.includes('InventoryReserved') ? lines : [])
/** On two lines, to be summed up. */
const orderedLines = [1, 1].map((quantity) => ({ sku: 'mug', quantity, unitPrice: total / 2 }))
/** Long enough ago that no message is on its way. */
const now = new Date(Date.now() - 3_600_000).toISOString()

const occasionOf: Partial<Record<MessageType, Occasion>> = {
  OrderPlaced: 'order_placed',
  OrderFulfilled: 'order_fulfilled',
  OrderCancelled: 'order_cancelled',
  PaymentRefunded: 'payment_refunded',
  PaymentRefundFailed: 'refund_failed',
}

export interface ScenarioOrder {
  readonly orderId: string
  readonly scenario: ScenarioName
}

interface Row {
  readonly orderId: string
  readonly scenario: Scenario
}

/** The number of orders in one statement. */
const atOnce = 5_000

/** The tables of which tests change rows. */
const tables: ByService<readonly string[]> = {
  order: ['customer_order', 'idempotency_key', 'order_event', 'order_shipment', 'outbox', 'retry'],
  payment: ['payment', 'gateway.intent'],
  inventory: ['stock', 'stock_movement', 'reservation'],
  notification: ['addressee', 'notification', 'outbox'],
  shipping: ['shipment', 'parcel', 'outbox'],
}

export const deleteScenarios = (databases: ByService<Sql>) =>
  mapServicesAsync((service) => databases[service].query(`truncate ${tables[service].join()}`))

export const insertScenarios = async (databases: ByService<Sql>, orders: readonly ScenarioOrder[]): Promise<void> => {
  const rows = orders.map(({ orderId, scenario }): Row => ({ orderId, scenario: scenarios[scenario] }))
  await insertStock(databases.inventory, rows)
  for (let from = 0; from < rows.length; from += atOnce) {
    const some = rows.slice(from, from + atOnce)
    await Promise.all([
      insertOrders(databases.order, some),
      insertPayments(databases.payment, some),
      insertReservations(databases.inventory, some),
      insertNotifications(databases.notification, some),
      insertShipments(databases.shipping, some),
    ])
  }
}

const occasionsOf = ({ events, occasions }: Scenario) => occasions ?? events.flatMap((type) => occasionOf[type] ?? [])

/** Its notifications. The placing is notified only if it came first. */
const notificationsOf = (scenario: Scenario) =>
  occasionsOf(scenario).filter((occasion, position) => occasion !== 'order_placed' || position === 0)

const insertOrders = async (sql: Sql, rows: readonly Row[]): Promise<void> => {
  const orders = rows.map(({ orderId, scenario: { order, ...scenario } }) => ({
    id: orderId,
    ...order,
    settled: order.payment !== 'refund_failed',
    cancellation_reason: order.reason,
    customer_id: 'c-1',
    customer_email: 'ada@example.com',
    currency: 'EUR',
    total,
    lines: orderedLines,
    notifications: notificationsOf({ order, ...scenario }).map((occasion) => ({
      channel: 'email',
      occasion,
      status: 'sent',
      at: now,
    })),
    created_at: now,
    updated_at: now,
    expires_at: now,
  }))
  await insert(sql, 'customer_order', orders)
  await insert(sql, 'idempotency_key', keysOf(rows))
  await insert(sql, 'order_shipment', parcelsOf(rows))
  const events = rows.flatMap(({ orderId, scenario }) =>
    eventsOf(orderId, scenario).map((event) => ({ orderId, event })),
  )
  await sql.query(
    `insert into order_event (order_id, id, event)
     select "orderId", gen_random_uuid(), event from jsonb_to_recordset($1) as each ("orderId" uuid, event json)`,
    [JSON.stringify(events)],
  )
}

const parcelsOf = (rows: readonly Row[]) =>
  rows.flatMap(({ orderId, scenario: { parcels = [] } }) =>
    parcels.map(({ at, carrier, trackingCode }) => ({ order_id: orderId, carrier, tracking_code: trackingCode, at })),
  )

const keysOf = (rows: readonly Row[]) =>
  rows
    .filter(({ scenario }) => !scenario.keyless)
    .map(({ orderId }) => ({
      key: `key-of-${orderId}`,
      request_hash: 'h',
      order_id: orderId,
      response: {},
      created_at: now,
    }))

const eventsOf = (orderId: string, scenario: Scenario) => [
  ...scenario.events.map((type) => event(orderId, type, dataOf(type, { orderId, scenario }))),
  ...(scenario.parcels ?? []).map((parcel) => event(orderId, 'ShipmentDispatched', parcel)),
  ...notificationsOf(scenario).map((occasion) => event(orderId, 'NotificationSent', { channel: 'email', occasion })),
]

/** An event as long as a real one. */
const event = (orderId: string, type: MessageType, data: object) => ({
  specversion: '1.0',
  source: '/order',
  subject: orderId,
  time: now,
  datacontenttype: 'application/json',
  correlationid: orderId,
  partitionkey: orderId,
  causationid: orderId,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  id: randomUUID(),
  type,
  schemaversion: 1,
  data: { orderId, ...data },
})

const referenceOf = (orderId: string): string => `sim-${orderId}`
const byHandReference = 'bank-transfer-1'

const orderData = { customer: { id: 'c-1', email: 'ada@example.com' }, currency: 'EUR', total, lines: orderedLines }

const dataOf = (type: MessageType, { orderId, scenario }: Row) => {
  const { order, payment } = scenario
  if (type === 'InventoryReleased') return { lines: heldBy(scenario) }
  if (type === 'OrderCancelled') return { reason: order.reason, ...orderData }
  if (/^Order/.test(type)) return orderData
  if (!/Processed|Refund|Declined/.test(type)) return { lines }
  const gatewayReference = type === 'PaymentRefunded' && payment.byHand ? byHandReference : referenceOf(orderId)
  return { amount: total, currency: 'EUR', gatewayReference }
}

const insertPayments = async (sql: Sql, rows: readonly Row[]): Promise<void> => {
  const payments = rows.map(({ orderId, scenario: { order, payment, ledger } }) => ({
    order_id: orderId,
    status: payment.status,
    cancelled: order.status === 'cancelled',
    amount: total,
    currency: 'EUR',
    gateway_reference: ledger && referenceOf(orderId),
    attempts: ledger ? 1 : 0,
    captured: payment.captured,
    refunded: payment.status === 'refunded' ? payment.captured : 0,
    refund_round: 0,
    manual_reference: payment.byHand && byHandReference,
    created_at: now,
    updated_at: now,
  }))
  const intents = rows.flatMap(({ orderId, scenario: { ledger } }) =>
    ledger
      ? [{ ...intent(orderId), ...ledger, capture_count: +(ledger.captured > 0), refund_count: +(ledger.refunded > 0) }]
      : [],
  )
  await insert(sql, 'payment', payments)
  await insert(sql, 'gateway.intent', intents)
}

const intent = (orderId: string) => ({
  reference: referenceOf(orderId),
  order_id: orderId,
  amount: total,
  currency: 'EUR',
  confirmations: 1,
  answers: {},
  created_at: now,
})

const insertStock = async (sql: Sql, rows: readonly Row[]): Promise<void> => {
  const taken = 2 * rows.filter(({ scenario }) => scenario.reservation === 'committed').length
  await sql.query('insert into stock (sku, on_hand, reserved) values ($1, $2, 0)', ['mug', received - taken])
  await sql.query(`insert into stock_movement (sku, kind, quantity) values ($1, 'receipt', $2)`, ['mug', received])
}

const insertReservations = async (sql: Sql, rows: readonly Row[]): Promise<void> => {
  const reservations = rows.map(({ orderId, scenario }) => ({
    order_id: orderId,
    status: scenario.reservation,
    lines: scenario.reservation === 'released' ? heldBy(scenario) : lines,
    created_at: now,
    updated_at: now,
  }))
  await insert(sql, 'reservation', reservations)
}

const insertNotifications = async (sql: Sql, rows: readonly Row[]): Promise<void> => {
  const addressees = rows.map(({ orderId, scenario }) => ({
    order_id: orderId,
    customer_id: 'c-1',
    email: 'ada@example.com',
    currency: 'EUR',
    total,
    occasions: occasionsOf(scenario),
    created_at: now,
  }))
  await insert(sql, 'addressee', addressees)
  const sent = rows.flatMap(({ orderId, scenario }) =>
    notificationsOf(scenario).map((occasion) => ({ orderId, occasion })),
  )
  await sql.query(
    `insert into notification (order_id, channel, occasion, status, attempts, at)
     select "orderId", 'email', occasion, 'sent', 1, $2
     from jsonb_to_recordset($1) as sent ("orderId" uuid, occasion text)`,
    [JSON.stringify(sent), now],
  )
}

const insertShipments = async (sql: Sql, rows: readonly Row[]): Promise<void> => {
  const shipments = rows
    .filter(({ scenario }) => scenario.order.status === 'fulfilled')
    .map(({ orderId, scenario }) => ({
      order_id: orderId,
      status: scenario.parcels ? 'dispatched' : 'open',
      created_at: now,
    }))
  await insert(sql, 'shipment', shipments)
  await insert(
    sql,
    'parcel',
    parcelsOf(rows).map((parcel) => ({ ...parcel, id: randomUUID() })),
  )
}

const insert = async (sql: Sql, table: string, rows: readonly object[]): Promise<void> => {
  await sql.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1)`, [
    JSON.stringify(rows),
  ])
}
