import { batching } from '@quadrille/async'
import { type Database, retryWhileLocked, type Sql } from '@quadrille/postgres'
import type { PaymentStore } from '../tasks/ports.ts'
import { beginAttempts, beginRefunds, findChargeable, findRefundable, readPayments } from './payment-table.ts'

/** The payments in Postgres. Calls that arrive while a statement runs are batched into the next one. */
export const openPaymentStore = (database: Database): PaymentStore => ({
  read: batching(async (orderIds) => {
    const payments = await readPayments(database, orderIds)
    const byOrder = new Map(payments.map((payment) => [payment.orderId, payment]))
    return orderIds.map((orderId) => byOrder.get(orderId))
  }),
  begin: createBegin(database, { begin: beginAttempts, findPermissible: findChargeable }),
  beginRefund: createBegin(database, { begin: beginRefunds, findPermissible: findRefundable }),
})

interface AboutOrder {
  readonly orderId: string
}

interface Statements<Attempt extends AboutOrder, Begun extends AboutOrder> {
  /** Permits attempts on the payments that no other session has locked. */
  readonly begin: (sql: Sql, attempts: readonly Attempt[]) => Promise<Begun[]>
  /** Finds the orders for which an attempt could be permitted, even if their payments are locked. */
  readonly findPermissible: (sql: Sql, attempts: readonly Attempt[]) => Promise<Set<string>>
}

type Permission<Begun extends AboutOrder> = Omit<Begun, 'orderId'> | null

const createBegin = <Attempt extends AboutOrder, Begun extends AboutOrder>(
  database: Database,
  statements: Statements<Attempt, Begun>,
): ((attempt: Attempt) => Promise<Permission<Begun>>) => {
  const begin = batching((attempts: readonly Attempt[]) => beginAll(database, attempts, statements))
  return (attempt) => retryWhileLocked(() => begin(attempt), `the payment of order ${attempt.orderId}`)
}

/** `locked`: another session has locked the payment. */
const beginAll = async <Attempt extends AboutOrder, Begun extends AboutOrder>(
  database: Database,
  attempts: readonly Attempt[],
  { begin, findPermissible }: Statements<Attempt, Begun>,
): Promise<(Permission<Begun> | 'locked')[]> => {
  const begun = new Map((await begin(database, attempts)).map(({ orderId, ...permission }) => [orderId, permission]))
  const refused = attempts.filter(({ orderId }) => !begun.has(orderId))
  const permissible = refused.length > 0 ? await findPermissible(database, refused) : new Set()
  return attempts.map(({ orderId }) => begun.get(orderId) ?? (permissible.has(orderId) ? 'locked' : null))
}
