/** The rows that a batch of reactions works on. */
import { RowSet, type StoredWorkingSet, type Tables } from '@quadrille/service'
import type { Payment } from '../domain/payment.ts'
import { insertPayments, lockPayments, updatePayments } from './payment-table.ts'

export interface PaymentSet extends StoredWorkingSet<Payment | undefined> {
  readonly payments: RowSet<Payment>
}

/** A working set of payments that were found, or, for a simulation, of some that never were in a database. */
export const paymentSet = (found: readonly Payment[] = []): PaymentSet => {
  const payments = new RowSet(found, ({ orderId }) => orderId)
  return {
    payments,
    of: ({ subject }) => payments.get(subject),
    put: ({ subject }, payment) => {
      if (payment) payments.set(subject, payment)
    },
    save: async (sql) => {
      const [inserted, updated] = [payments.inserted(), payments.updated()]
      await Promise.all([
        inserted.length > 0 && insertPayments(sql, inserted),
        updated.length > 0 && updatePayments(sql, updated),
      ])
    },
  }
}

export const tables: Tables<Payment | undefined> = {
  load: async (sql, messages) =>
    paymentSet(await lockPayments(sql, [...new Set(messages.map(({ subject }) => subject))])),
}
