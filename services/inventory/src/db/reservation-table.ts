/** The table `reservation`: one statement per function. */
import type { MissingLine, StockLine } from '@quadrille/events'
import { parameterTable, type Sql, type Statement } from '@quadrille/postgres'
import type { Pending, Reservation, ReservationStatus } from '../domain/reservation.ts'

interface ReservationRow {
  readonly orderId: string
  readonly status: ReservationStatus
  /** Null unless the status is pending; the table checks it. */
  readonly waitsFor: Pending['waitsFor'] | null
  readonly lines: readonly StockLine[]
  /** Null unless the status is rejected. */
  readonly missing: readonly MissingLine[] | null
}

/** Locks the reservations of the claimed orders, in the order of their ids, until the transaction ends. */
export const lockReservations = async (sql: Sql, claimedSql: string): Promise<Reservation[]> => {
  const rows = await sql.query<ReservationRow>(
    `select order_id as "orderId", status, waits_for as "waitsFor", lines, missing
     from reservation where order_id = any(${claimedSql}) order by order_id for update`,
  )
  return rows.map(toReservation)
}

/** Reads the reservations of the orders without a lock. */
export const findReservations = async (sql: Sql, orderIds: readonly string[]): Promise<Reservation[]> => {
  const rows = await sql.query<ReservationRow>(
    `select order_id as "orderId", status, waits_for as "waitsFor", lines, missing
     from reservation where order_id = any($1::uuid[])`,
    [orderIds],
  )
  return rows.map(toReservation)
}

/** Finds the reservation of an order without a lock. */
export const findReservation = async (sql: Sql, orderId: string): Promise<Reservation | undefined> =>
  (await findReservations(sql, [orderId]))[0]

const given = parameterTable({ order_id: 'uuid', status: 'text', waits_for: 'text', lines: 'jsonb', missing: 'jsonb' })

/** @throws a unique violation if another transaction was faster. */
export const insertReservations = (reservations: readonly Reservation[]): Statement => ({
  text: `insert into reservation (${given.columns})
    select ${given.columns} from ${given.sql} as given order by order_id`,
  values: given.values(reservations.map(toRow)),
})

/** Writes reservations that this transaction has locked. */
export const updateReservations = (reservations: readonly Reservation[]): Statement => ({
  text: `update reservation
    set status = given.status, waits_for = given.waits_for, lines = given.lines, missing = given.missing,
        updated_at = now()
    from ${given.sql} as given where reservation.order_id = given.order_id`,
  values: given.values(reservations.map(toRow)),
})

const toReservation = ({ orderId, status, waitsFor, lines, missing }: ReservationRow): Reservation => {
  if (status === 'rejected') return { orderId, status, lines, missing }
  if (status !== 'pending') return { orderId, status, lines }
  if (waitsFor === null)
    throw new Error(`The reservation of order ${orderId} is pending, but does not wait for an event.`)
  return { orderId, status, waitsFor, lines }
}

const toRow = (reservation: Reservation) => ({
  order_id: reservation.orderId,
  status: reservation.status,
  waits_for: reservation.status === 'pending' ? reservation.waitsFor : null,
  lines: JSON.stringify(reservation.lines),
  missing: reservation.status === 'rejected' && reservation.missing ? JSON.stringify(reservation.missing) : null,
})
