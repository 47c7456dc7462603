/** The table `reservation`: one statement per function. */
import { parameterTable, type Sql, type Statement } from '@quadrille/postgres'
import type { Reservation } from '../domain/reservation.ts'

/** Locks the reservations of the claimed orders, in the order of their ids, until the transaction ends. */
export const lockReservations = async (sql: Sql, claimedSql: string): Promise<Reservation[]> => {
  const rows = await sql.query<Reservation>(
    `select order_id as "orderId", status, waits_for as "waitsFor", lines, missing
     from reservation where order_id = any(${claimedSql}) order by order_id for update`,
  )
  return rows.map(toReservation)
}

/** Reads the reservations of the orders without a lock. */
export const findReservations = async (sql: Sql, orderIds: readonly string[]): Promise<Reservation[]> => {
  const rows = await sql.query<Reservation>(
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

/** The columns that a status does not use are null. */
const toReservation = (row: Reservation): Reservation => {
  const { orderId, lines } = row
  switch (row.status) {
    case 'pending':
      return { orderId, status: row.status, waitsFor: row.waitsFor, lines }
    case 'rejected':
      return { orderId, status: row.status, lines, missing: row.missing }
    case 'reserved':
    case 'released':
    case 'committed':
      return { orderId, status: row.status, lines }
  }
}

const toRow = (reservation: Reservation) => ({
  order_id: reservation.orderId,
  status: reservation.status,
  waits_for: reservation.status === 'pending' ? reservation.waitsFor : null,
  lines: JSON.stringify(reservation.lines),
  missing: reservation.status === 'rejected' ? JSON.stringify(reservation.missing) : null,
})
