/** A short record of each of some orders from every service, by order id: read from all databases at once, joined in memory. */
import type { Sql } from '@quadrille/postgres'
import { type Selection, withIds } from '../selection.ts'
import type { Snapshots } from '../snapshots.ts'
import { readHeard } from './addressee-record.ts'
import { type HistoryRecord, readHistories } from './history-record.ts'
import { readNotifications } from './notification-record.ts'
import { type OrderRecord, readOrders } from './order-record.ts'
import { type LedgerRecord, type PaymentRecord, readLedger, readPayments } from './payment-record.ts'
import { type ReservationRecord, readReservations } from './reservation-record.ts'
import { readTraces, type TracedEvent } from './trace-record.ts'
import { readAwaited } from './waiting-record.ts'

export interface Records {
  readonly orders: ReadonlyMap<string, OrderRecord>
  readonly histories: ReadonlyMap<string, HistoryRecord>
  /** The events of the orders that have more than one trace. */
  readonly traces: ReadonlyMap<string, readonly TracedEvent[]>
  readonly payments: ReadonlyMap<string, PaymentRecord>
  readonly ledger: ReadonlyMap<string, LedgerRecord>
  readonly reservations: ReadonlyMap<string, ReservationRecord>
  /** What became of an order's notifications, as "email:order_placed:sent, …". */
  readonly notifications: ReadonlyMap<string, string>
  /** What notification has heard, as "order_placed,order_fulfilled", the first first. */
  readonly heard: ReadonlyMap<string, string>
  /** Orders that a message is about which waits in some service's database. */
  readonly awaited: ReadonlySet<string>
}

export const readRecords = async (snapshots: Snapshots, selection: Selection): Promise<Records> => {
  const { order, payment, inventory, notification } = snapshots
  const [orders, { histories, traces }, payments, ledger, reservations, notifications, heard, awaited] =
    await Promise.all([
      readOrders(order, selection),
      readHistoriesAndTraces(order, selection),
      readPayments(payment, selection),
      readLedger(payment, selection),
      readReservations(inventory, selection),
      readNotifications(notification, selection),
      readHeard(notification, selection),
      readAwaited(Object.values(snapshots), selection),
    ])
  return { orders, histories, traces, payments, ledger, reservations, notifications, heard, awaited }
}

const readHistoriesAndTraces = async (order: Sql, selection: Selection) => {
  const histories = await readHistories(order, selection)
  const ids = [...histories].flatMap(([orderId, { trace }]) => (trace === 'several' ? [orderId] : []))
  return {
    histories,
    traces: ids.length > 0 ? await readTraces(order, withIds(ids)) : new Map<string, TracedEvent[]>(),
  }
}
