import { setTimeout as pause } from 'node:timers/promises'
import { batching } from '@quadrille/async'
import { type Database, lockNotAvailable } from '@quadrille/postgres'
import type { ChargeAttempt, PaymentStore } from '../tasks/ports.ts'
import { beginAttempts, readPayments } from './payment-table.ts'

/** The payments in Postgres. Calls that arrive while a statement runs are batched into the next one. */
export const openPaymentStore = (database: Database): PaymentStore => ({
  read: batching(async (orderIds) => {
    const payments = await readPayments(database, orderIds)
    const byOrder = new Map(payments.map((payment) => [payment.orderId, payment]))
    return orderIds.map((orderId) => byOrder.get(orderId))
  }),
  begin: createBegin(database),
})

/** How long an attempt waits for a payment that another session has locked. Reactions lock a payment for milliseconds. */
const lockTimeoutMs = 500
/** The longest pause between two tries to lock it. */
const maxPauseMs = 20

const createBegin = (database: Database): PaymentStore['begin'] => {
  const begin = batching(async (attempts: readonly ChargeAttempt[]) => {
    const answers = await beginAttempts(database, attempts)
    const byOrder = new Map(answers.map((answer) => [answer.orderId, answer]))
    return attempts.map(({ orderId }) => byOrder.get(orderId) ?? null)
  })
  return async (attempt) => {
    for (const deadline = performance.now() + lockTimeoutMs; ; await pause(Math.random() * maxPauseMs)) {
      const answer = await begin(attempt)
      if (answer?.status !== 'locked') return answer && { reference: answer.reference, attempt: answer.attempt }
      if (performance.now() > deadline)
        throw lockNotAvailable(`Another session has locked the payment of order ${attempt.orderId}.`)
    }
  }
}
