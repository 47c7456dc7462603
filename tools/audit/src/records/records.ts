/**
 * Compact records of some orders from every service, by order id: read from all databases at once, joined in memory.
 */
import type { Ledger, LedgerEntry } from '@quadrille/payment/gateway'
import type { Sql } from '@quadrille/postgres'
import { type OrderSelection, type Selection, withIds } from '../selection.ts'
import type { Snapshots } from '../snapshots.ts'
import { type AddresseeRecord, readAddressees } from './addressee-record.ts'
import { type HistoryRecord, readHistories } from './history-record.ts'
import { readLedger } from './ledger-record.ts'
import { type NotificationRecord, readNotifications } from './notification-record.ts'
import { type OrderRecord, readOrders } from './order-record.ts'
import { type PaymentRecord, readPayments } from './payment-record.ts'
import { type ReservationRecord, readReservations } from './reservation-record.ts'
import { readShipments, type ShipmentRecord } from './shipment-record.ts'
import { readTraces, type TracedEvent } from './trace-record.ts'
import { readOrdersWithWaitingMessages } from './waiting-record.ts'

export interface Records {
  readonly orders: ReadonlyMap<string, OrderRecord>
  readonly histories: ReadonlyMap<string, HistoryRecord>
  /** The events of the orders with more than one trace. */
  readonly traces: ReadonlyMap<string, readonly TracedEvent[]>
  readonly payments: ReadonlyMap<string, PaymentRecord>
  /** The gateway's side. Null without a ledger. */
  readonly ledger: ReadonlyMap<string, LedgerEntry> | null
  readonly reservations: ReadonlyMap<string, ReservationRecord>
  readonly notifications: ReadonlyMap<string, NotificationRecord>
  readonly addressees: ReadonlyMap<string, AddresseeRecord>
  /** Null if shipping does not run. */
  readonly shipments: ReadonlyMap<string, ShipmentRecord> | null
  /** Orders with a message in an outbox or a retry table. */
  readonly withWaitingMessages: ReadonlySet<string>
}

export interface RecordSources {
  readonly snapshots: Snapshots
  /** Default: no ledger. */
  readonly ledger?: Ledger | null | undefined
}

/** The ledger is read after the snapshots. It then contains the money of each order that they show as settled. */
export const readRecords = async (
  { snapshots, ledger: gateway = null }: RecordSources,
  selection: OrderSelection,
): Promise<Records> => {
  const { orders, historiesAndTraces, ...records } = await allOf({
    orders: readOrders(snapshots.order, selection),
    historiesAndTraces: readHistoriesAndTraces(snapshots.order, selection),
    payments: readPayments(snapshots.payment, selection),
    ledger: readLedger(gateway, selection),
    reservations: readReservations(snapshots.inventory, selection),
    notifications: readNotifications(snapshots.notification, selection),
    addressees: readAddressees(snapshots.notification, selection),
    shipments: readShipments(snapshots.shipping, selection),
    withWaitingMessages: readOrdersWithWaitingMessages(Object.values(snapshots), selection),
  })
  return { ...records, ...historiesAndTraces, orders: withKeptHistories(orders, historiesAndTraces.histories) }
}

/** A history is deleted as a whole, so one that has its first event is complete, however old its order is. */
const withKeptHistories = (
  orders: Map<string, OrderRecord>,
  histories: Records['histories'],
): ReadonlyMap<string, OrderRecord> => {
  for (const [id, order] of orders) {
    if (!order.hasHistory && histories.get(id)?.eventList.includes('OrderPlaced'))
      orders.set(id, { ...order, hasHistory: true })
  }
  return orders
}

/** `Promise.all` for the properties of an object. */
const allOf = async <Parts extends Readonly<Record<string, Promise<unknown>>>>(parts: Parts) => {
  const read = await Promise.all(Object.entries(parts).map(async ([name, part]) => [name, await part] as const))
  return Object.fromEntries(read) as { [Name in keyof Parts]: Awaited<Parts[Name]> }
}

const readHistoriesAndTraces = async (order: Sql, selection: Selection) => {
  const histories = await readHistories(order, selection)
  const ids = [...histories].flatMap(([orderId, { trace }]) => (trace === 'several' ? [orderId] : []))
  return {
    histories,
    traces: ids.length > 0 ? await readTraces(order, withIds(ids)) : new Map<string, TracedEvent[]>(),
  }
}
