import type { Selection } from '@quadrille/audit'
import { type Draft, draft, type MissingLine, type StockLine } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'
import type { EventKey, History } from '../history.ts'
import type { Compare, Comparison } from './books.ts'

/** An order's row. */
export interface Reservation {
  readonly orderId: string
  readonly status: string
  readonly waitsFor: string | null
  readonly lines: StockLine[]
  /** What there was too little of, where it was rejected. */
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

/** Its own last word comes first, as that says what became of all before. */
const undecided = ['InventoryReleased', 'InventoryRejected', 'InventoryReserved', 'OrderCancelled'] as const

/** What a reservation may have missed, by its status; the first of these that the history has comes next. */
const missedIn: Readonly<Record<string, readonly EventKey[]>> = {
  unknown: undecided,
  pending: undecided,
  reserved: ['InventoryReleased', 'OrderFulfilled', 'OrderCancelled'],
}

/**
 * What inventory has decided it does not decide again, as there may be more or less in stock by now; only what it never
 * decided it does.
 */
export const compareReservation = (history: History, reservation?: Reservation): Comparison => {
  const next = missedIn[reservation?.status ?? 'unknown']?.find((key) => history.has(key))
  return {
    missed: next ? [next] : causesOf(reservation).filter((key) => history.has(key)),
    said: reservation ? saidBy(reservation) : [],
    tasks: [],
  }
}

/** What a decision still waits for. */
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
