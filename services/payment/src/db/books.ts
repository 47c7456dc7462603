import { batching, type Database } from '@quadrille/postgres'
import type { Books } from '../tasks/ports.ts'
import { beginAttempts, readPayments } from './payment-table.ts'

/** The books in Postgres: whoever asks while a statement runs shares the next one. */
export const openBooks = (database: Database): Books => ({
  read: batching(async (orderIds) => {
    const payments = await readPayments(database, orderIds)
    const byOrder = new Map(payments.map((payment) => [payment.orderId, payment]))
    return orderIds.map((orderId) => byOrder.get(orderId))
  }),
  begin: batching(async (attempts) => {
    const begun = await beginAttempts(database, attempts)
    const byOrder = new Map(begun.map(({ orderId, ...leave }) => [orderId, leave]))
    return attempts.map(({ orderId }) => byOrder.get(orderId) ?? null)
  }),
})
