import { primitives } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { notFound, type Route, route } from '@quadrille/service'
import { z } from 'zod'
import { findReservation } from '../db/reservation-table.ts'
import { reservationExample } from './examples.ts'

const reservationView = z
  .object({
    orderId: primitives.orderId,
    status: z.enum(['pending', 'reserved', 'rejected', 'released', 'committed']).meta({
      description:
        '`pending`: OrderPlaced or PaymentProcessed has not arrived yet. `committed`: the order is fulfilled, and the pieces are no longer on hand.',
    }),
    lines: primitives.stockLines.meta({
      description: 'The requested pieces; after a release, the released pieces.',
    }),
  })
  .meta({ title: 'Reservation', description: 'The stock that is held for an order.', examples: [reservationExample] })

/** `GET /reservations/{orderId}`. */
export const getReservation = (database: Database): Route =>
  route({
    method: 'get',
    path: '/reservations/{orderId}',
    operationId: 'getReservation',
    summary: 'Show a reservation',
    description: 'Returns the stock that is held for an order, and the status of the reservation.',
    params: z.strictObject({ orderId: primitives.orderId }),
    responses: { 200: { description: 'The reservation', body: reservationView } },
    handle: async ({ params: { orderId } }) => {
      const reservation = await findReservation(database, orderId)
      if (!reservation) throw notFound(`Inventory has no record of order ${orderId}.`)
      const { status, lines } = reservation
      return { status: 200, body: { orderId, status, lines } }
    },
  })
