import { setTimeout as pause } from 'node:timers/promises'
import { batching } from '@quadrille/async'
import { type Database, lockNotAvailable } from '@quadrille/postgres'
import type { ChargePermission } from '../gateway/gateway.ts'
import type { ChargeAttempt, PaymentStore } from '../tasks/ports.ts'
import { beginAttempts, findChargeable, readPayments } from './payment-table.ts'

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
  const begin = batching((attempts: readonly ChargeAttempt[]) => beginAll(database, attempts))
  return async (attempt) => {
    for (const deadline = performance.now() + lockTimeoutMs; ; await pause(Math.random() * maxPauseMs)) {
      const permission = await begin(attempt)
      if (permission !== 'locked') return permission
      if (performance.now() > deadline)
        throw lockNotAvailable(`Another session has locked the payment of order ${attempt.orderId}.`)
    }
  }
}

/** `locked`: another session has locked the payment. */
const beginAll = async (
  database: Database,
  attempts: readonly ChargeAttempt[],
): Promise<(ChargePermission | null | 'locked')[]> => {
  const begun = new Map(
    (await beginAttempts(database, attempts)).map(({ orderId, ...permission }) => [orderId, permission]),
  )
  const refused = attempts.filter(({ orderId }) => !begun.has(orderId))
  const chargeable = refused.length > 0 ? await findChargeable(database, refused) : new Set()
  return attempts.map(({ orderId }) => begun.get(orderId) ?? (chargeable.has(orderId) ? 'locked' : null))
}
