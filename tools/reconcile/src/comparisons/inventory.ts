import type { Selection } from '@quadrille/audit'
import { type Draft, draft, type MissingLine, type StockLine } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'
import type { EventKey, History } from '../history.ts'
import type { Compare, Comparison } from './comparison.ts'

type Status = 'pending' | 'reserved' | 'rejected' | 'released' | 'committed'

/** A row of the table `reservation`. */
export interface ReservationRow {
  readonly orderId: string
  readonly status: Status
  readonly waitsFor: string | null
  readonly lines: StockLine[]
  /** The lines with too little stock, if the order was rejected. */
  readonly missing: MissingLine[] | null
}

export const readReservations = async (sql: Sql, { where, values }: Selection): Promise<Compare> => {
  const rows = await sql.query<ReservationRow>(
    `select order_id as "orderId", status, waits_for as "waitsFor", lines, missing from reservation
     where ${where('order_id')}`,
    values,
  )
  const reservations = new Map(rows.map((row) => [row.orderId, row]))
  return (orderId, history) => compareReservation(history, reservations.get(orderId))
}

/** Inventory's own events come first, the latest before the earlier ones, because it includes their results. */
const missedIfUndecided = ['InventoryReleased', 'InventoryRejected', 'InventoryReserved', 'OrderCancelled'] as const

/** The events that a reservation may lack, by its status. The first one that is in the history is sent next. */
const missedIn: Readonly<Record<Status | 'unknown', readonly EventKey[]>> = {
  unknown: missedIfUndecided,
  pending: missedIfUndecided,
  reserved: ['InventoryReleased', 'OrderFulfilled', 'OrderCancelled'],
  rejected: [],
  released: [],
  committed: [],
}

/**
 * If the history contains inventory's decision, the decision is restored, because the stock may have changed since then.
 * Inventory decides only the other orders.
 */
export const compareReservation = (history: History, reservation?: ReservationRow): Comparison => {
  const next = missedIn[reservation?.status ?? 'unknown'].find((key) => history.has(key))
  return {
    missed: next ? [next] : neededForDecision(reservation).filter((key) => history.has(key)),
    published: reservation ? publishedBy(reservation) : [],
    tasks: [],
  }
}

/** The events that inventory still needs for its decision. */
const neededForDecision = (reservation?: ReservationRow): readonly EventKey[] => {
  if (!reservation) return ['OrderPlaced', 'PaymentProcessed']
  if (reservation.status !== 'pending') return []
  return [reservation.waitsFor === 'order' ? 'OrderPlaced' : 'PaymentProcessed']
}

const publishedBy = ({ orderId, status, lines, missing }: ReservationRow): readonly Draft[] => {
  const reserved = draft('InventoryReserved', { orderId, lines })
  switch (status) {
    case 'reserved':
    case 'committed':
      return [reserved]
    case 'released': {
      const released = draft('InventoryReleased', { orderId, lines })
      return lines.length > 0 ? [reserved, released] : [released] // without lines, it was never reserved
    }
    case 'rejected':
      return missing ? [draft('InventoryRejected', { orderId, missing })] : []
    case 'pending':
      return []
  }
}
