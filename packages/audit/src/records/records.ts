/** A short record of each order from every service, by order id: each table is read once, and joined in memory. */
import type { Occasion } from '@quadrille/events'
import type { Snapshots } from '../snapshots.ts'
import { readHeard } from './addressee-record.ts'
import { type EventRecord, readHistories } from './history-record.ts'
import { readNotifications } from './notification-record.ts'
import { type OrderRecord, readOrders } from './order-record.ts'
import { type LedgerRecord, type PaymentRecord, readLedger, readPayments } from './payment-record.ts'
import { type ReservationRecord, readReservations } from './reservation-record.ts'

export interface Records {
  readonly orders: ReadonlyMap<string, OrderRecord>
  readonly histories: ReadonlyMap<string, readonly EventRecord[]>
  readonly payments: ReadonlyMap<string, PaymentRecord>
  readonly ledger: ReadonlyMap<string, LedgerRecord>
  readonly reservations: ReadonlyMap<string, ReservationRecord>
  readonly notifications: ReadonlyMap<string, readonly string[]>
  /** What notification has heard, the first first. */
  readonly heard: ReadonlyMap<string, readonly Occasion[]>
}

export const readRecords = async ({ order, payment, inventory, notification }: Snapshots): Promise<Records> => ({
  orders: await readOrders(order),
  histories: await readHistories(order),
  payments: await readPayments(payment),
  ledger: await readLedger(payment),
  reservations: await readReservations(inventory),
  notifications: await readNotifications(notification),
  heard: await readHeard(notification),
})
