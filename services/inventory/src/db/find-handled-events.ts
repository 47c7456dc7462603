import type { Sql } from '@quadrille/postgres'
import type { FindHandled } from '@quadrille/service'
import { handledEvents } from '../domain/handled-events.ts'
import { findReservations } from './reservation-table.ts'

/** Finds the events that the reservations of these orders have handled. */
export const findHandledEvents =
  (sql: Sql): FindHandled =>
  async (orderIds) => {
    const reservations = await findReservations(sql, orderIds)
    return new Map(reservations.map((reservation) => [reservation.orderId, handledEvents(reservation)]))
  }
