import { batching } from '@quadrille/async'
import type { Database } from '@quadrille/postgres'
import { retryWhileLocked } from '@quadrille/service'
import type { ChargePermission } from '../gateway/gateway.ts'
import type { ChargeAttempt, PaymentStore } from '../tasks/ports.ts'
import { beginAttempts, findChargeable, findPayments } from './payment-table.ts'

/** The payments in Postgres. Calls that arrive while a statement runs are batched into the next one. */
export const openPaymentStore = (database: Database): PaymentStore => ({
  read: batching(async (orderIds) => {
    const payments = await findPayments(database, orderIds)
    const byOrder = new Map(payments.map((payment) => [payment.orderId, payment]))
    return orderIds.map((orderId) => byOrder.get(orderId))
  }),
  begin: createBegin(database),
  isChargeable: batching(async (charges) => {
    const chargeable = await findChargeable(database, charges)
    return charges.map(({ orderId }) => chargeable.has(orderId))
  }),
})

const createBegin = (database: Database): PaymentStore['begin'] => {
  const begin = batching((attempts: readonly ChargeAttempt[]) => beginAll(database, attempts))
  return (attempt) => retryWhileLocked(() => begin(attempt), `the payment of order ${attempt.orderId}`)
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
