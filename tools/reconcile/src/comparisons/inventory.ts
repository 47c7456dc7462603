import type { Selection } from '@quadrille/audit'
import { type Draft, draft, type MissingLine, type StockLine } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'
import type { EventKey, History } from '../history.ts'
import type { Compare, Comparison } from './comparison.ts'

/** A row of an order. */
export interface Reservation {
  readonly orderId: string
  readonly status: string
  readonly waitsFor: string | null
  readonly lines: StockLine[]
  /** The missing stock of a rejection. */
  readonly missing: MissingLine[] | null
}

export const readReservations = async (sql: Sql, { where, values }: Selection): Promise<Compare> => {
  const rows = await sql.query<Reservation>(
    `select order_id as "orderId", status, waits_for as "waitsFor", lines, missing from reservation
     where ${where('order_id')}`,
    values,
  )
  const reservations = new Map(rows.map((row) => [row.orderId, row]))
  return (orderId, history) => compareReservation(history, reservations.get(orderId))
}

/** The service's own last event comes first, because it contains the result of all earlier ones. */
const undecided = ['InventoryReleased', 'InventoryRejected', 'InventoryReserved', 'OrderCancelled'] as const

/** Events that a reservation may lack, by its status. The first of them in the history comes next. */
const missedIn: Readonly<Record<string, readonly EventKey[]>> = {
  unknown: undecided,
  pending: undecided,
  reserved: ['InventoryReleased', 'OrderFulfilled', 'OrderCancelled'],
}

/**
 * A decision of inventory in the history is restored, not repeated, because the stock may have changed. Inventory
 * decides only orders without a decision.
 */
export const compareReservation = (history: History, reservation?: Reservation): Comparison => {
  const next = missedIn[reservation?.status ?? 'unknown']?.find((key) => history.has(key))
  return {
    missed: next ? [next] : causesOf(reservation).filter((key) => history.has(key)),
    published: reservation ? saidBy(reservation) : [],
    tasks: [],
  }
}

/** The events that a decision still waits for. */
const causesOf = (reservation?: Reservation): readonly EventKey[] => {
  if (!reservation) return ['OrderPlaced', 'PaymentProcessed']
  if (reservation.status !== 'pending') return []
  return [reservation.waitsFor === 'order' ? 'OrderPlaced' : 'PaymentProcessed']
}

const saidBy = ({ orderId, status, lines, missing }: Reservation): readonly Draft[] => {
  switch (status) {
    case 'reserved':
    case 'committed':
      return [draft('InventoryReserved', { orderId, lines })]
    case 'released':
      return [draft('InventoryReleased', { orderId, lines })]
    case 'rejected':
      return missing ? [draft('InventoryRejected', { orderId, missing })] : []
    default:
      return []
  }
}
