/** The working set of the payment service's reactions: the payments of the orders in a batch. */
import type { Message } from '@quadrille/events'
import type { Statement } from '@quadrille/postgres'
import { RowSet, type Step, type StoredWorkingSet, type Tables, writeIfAny } from '@quadrille/service'
import type { Payment } from '../domain/payment.ts'
import { insertPayments, lockPayments, updatePayments } from './payment-table.ts'
import { insertRefusals, type Refusal } from './refusal-table.ts'

export const tables: Tables<Payment | undefined> = {
  ownRows: [{ table: 'payment', column: 'order_id' }],
  load: async (sql, { claimedSql }) => new PaymentSet(await lockPayments(sql, claimedSql)),
}

/** Empty by default, for reactions that run in memory. */
export class PaymentSet implements StoredWorkingSet<Payment | undefined> {
  readonly payments: RowSet<Payment>
  readonly #traces = new Map<string, string>()

  constructor(payments: readonly Payment[] = []) {
    this.payments = new RowSet(({ orderId }) => orderId, payments)
  }

  of({ subject }: Message): Payment | undefined {
    return this.payments.get(subject)
  }

  put({ subject, traceparent }: Message, payment: Payment | undefined): void {
    if (!payment) return
    this.payments.set(subject, payment)
    if (traceparent) this.#traces.set(subject, traceparent)
  }

  changes(steps: readonly Step<Payment | undefined, Message>[]): Statement[] {
    const payments = {
      insert: (fresh: readonly Payment[]) => insertPayments(fresh, this.#traces),
      update: updatePayments,
    }
    return [...this.payments.changes(payments), ...writeIfAny(refusalsIn(steps), insertRefusals)]
  }
}

const refusalsIn = (steps: readonly Step<Payment | undefined, Message>[]): Refusal[] =>
  steps.flatMap(({ before, after, message }) =>
    after !== before && after?.status === 'refund_failed' ? [{ ...after, at: message.time }] : [],
  )
