import type { Sql } from '@quadrille/postgres'
import type { OpenTask } from '@quadrille/service'
import { unfinishedTaskOf } from '../domain/unfinished-task.ts'
import { findPayments, findStatusTimes } from './payment-table.ts'

/** Finds the gateway calls of these orders that have no final outcome yet. */
export const findOpenTasks =
  (sql: Sql) =>
  async (orderIds: readonly string[]): Promise<OpenTask[]> => {
    const [payments, times] = await Promise.all([findPayments(sql, orderIds), findStatusTimes(sql, orderIds)])
    return payments.flatMap((payment) => {
      const task = unfinishedTaskOf(payment)
      return task
        ? [{ subject: payment.orderId, queue: 'payment.tasks', ...task, since: times.get(payment.orderId) ?? null }]
        : []
    })
  }
