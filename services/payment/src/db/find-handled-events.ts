import type { Sql } from '@quadrille/postgres'
import type { FindHandled } from '@quadrille/service'
import { handledEvents } from '../domain/handled-events.ts'
import { findPayments } from './payment-table.ts'

/** Finds the events that the payments of these orders have handled. */
export const findHandledEvents =
  (sql: Sql): FindHandled =>
  async (orderIds) => {
    const payments = await findPayments(sql, orderIds)
    return new Map(payments.map((payment) => [payment.orderId, handledEvents(payment)]))
  }
