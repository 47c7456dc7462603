import type { Sql } from '@quadrille/postgres'
import type { OpenTask } from '@quadrille/service'
import { openTaskOf } from '../domain/open-task.ts'
import { findStatusTimes, readPayments } from './payment-table.ts'

/** Finds the gateway calls of these orders that have no final outcome yet. */
export const findOpenTasks =
  (sql: Sql) =>
  async (orderIds: readonly string[]): Promise<OpenTask[]> => {
    const [payments, times] = await Promise.all([readPayments(sql, orderIds), findStatusTimes(sql, orderIds)])
    return payments.flatMap((payment) => {
      const task = openTaskOf(payment)
      return task
        ? [{ subject: payment.orderId, queue: 'payment.tasks', ...task, since: times.get(payment.orderId) ?? null }]
        : []
    })
  }
