import { primitives } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { notFound, type Route, route } from '@quadrille/service'
import { z } from 'zod'
import { findReservation } from '../db/reservation-table.ts'

const reservationView = z.object({
  orderId: primitives.orderId,
  status: z.enum(['pending', 'reserved', 'rejected', 'released', 'committed']),
  lines: primitives.stockLines.meta({
    description: 'what the order asks for, one line a SKU; once released, what was given back',
  }),
})

/** `GET /reservations/{orderId}`. */
export const getReservation = (database: Database): Route =>
  route({
    method: 'get',
    path: '/reservations/{orderId}',
    operationId: 'getReservation',
    summary: 'What is held for an order',
    params: z.strictObject({ orderId: primitives.orderId }),
    responses: { 200: { description: 'The reservation', body: reservationView } },
    handle: async ({ params: { orderId } }) => {
      const reservation = await findReservation(database, orderId)
      if (!reservation) throw notFound(`Nothing has been heard of order ${orderId} here.`)
      const { status, lines } = reservation
      return { status: 200, body: { orderId, status, lines } }
    },
  })
