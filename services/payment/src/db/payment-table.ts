/** The table `payment`: one statement per function. */
import type { TraceContext } from '@quadrille/messages'
import type { Sql, Statement } from '@quadrille/postgres'
import type { Payment } from '../domain/payment.ts'
import type { ChargeAttempt } from '../tasks/ports.ts'
import { type PaymentRow, toPayment, toRow } from './payment-row.ts'

const columns = `order_id, status, cancelled, amount, currency, gateway_reference, attempts, captured, refunded,
  refund_round, manual_reference, code`

/** Converts payments from JSON, the first parameter of a statement, to rows. */
const given = `jsonb_to_recordset($1::jsonb) as given (
  order_id uuid, status text, cancelled boolean, amount bigint, currency text, gateway_reference text, attempts integer,
  captured bigint, refunded bigint, refund_round integer, manual_reference text, code text, traceparent text
)`

/** Locks the payments of the claimed orders, in the order of their ids, until the transaction ends. */
export const lockPayments = async (sql: Sql, claimed: string): Promise<Payment[]> => {
  const rows = await sql.query<PaymentRow>(
    `select ${columns} from payment where order_id = any(${claimed}) order by order_id for update`,
  )
  return rows.map(toPayment)
}

/** Reads the payments of the orders without a lock. */
export const readPayments = async (sql: Sql, orderIds: readonly string[]): Promise<Payment[]> => {
  const rows = await sql.query<PaymentRow>(`select ${columns} from payment where order_id = any($1::uuid[])`, [
    orderIds,
  ])
  return rows.map(toPayment)
}

/**
 * Stores each payment with the trace of its order, if there is one. @throws a unique violation if another transaction
 * has stored the payment meanwhile.
 */
export const insertPayments = (
  payments: readonly Payment[],
  traces: ReadonlyMap<string, string> = new Map(),
): Statement => ({
  text: `insert into payment (${columns}, traceparent)
    select ${columns}, traceparent from ${given} order by order_id`,
  values: [
    JSON.stringify(payments.map((payment) => ({ ...toRow(payment), traceparent: traces.get(payment.orderId) }))),
  ],
})

/** The trace context of the first message about the order. */
export const findTrace = async (sql: Sql, orderId: string): Promise<TraceContext | undefined> => {
  const [row] = await sql.query<{ traceparent: string | null }>('select traceparent from payment where order_id = $1', [
    orderId,
  ])
  return row?.traceparent ? { traceparent: row.traceparent } : undefined
}

/** Writes payments that this transaction has locked. Only `beginAttempts` changes the number of attempts. */
export const updatePayments = (payments: readonly Payment[]): Statement => ({
  text: `update payment
    set status = given.status, cancelled = given.cancelled, gateway_reference = given.gateway_reference,
        captured = given.captured, refunded = given.refunded, refund_round = given.refund_round,
        manual_reference = given.manual_reference, code = given.code, updated_at = now()
    from ${given}
    where payment.order_id = given.order_id`,
  values: [JSON.stringify(payments.map(toRow))],
})

/** Permission to confirm, or `locked` if another session has locked the payment. */
export type BegunAttempt =
  | { readonly orderId: string; readonly status: 'begun'; readonly reference: string; readonly attempt: number }
  | { readonly orderId: string; readonly status: 'locked' }

/**
 * Permits and counts an attempt if the payment is pending and the order has not expired by the database's clock. Returns
 * the reference that was stored first. Does not wait for locks of other sessions.
 */
export const beginAttempts = (sql: Sql, attempts: readonly ChargeAttempt[]): Promise<BegunAttempt[]> =>
  sql.query<BegunAttempt>(
    `with free as (
       select order_id from payment where order_id = any($1::uuid[]) order by order_id for update skip locked
     ), begun as (
       update payment
       set gateway_reference = coalesce(payment.gateway_reference, offered.reference),
           attempts = payment.attempts + 1, updated_at = now()
       from free join unnest($1::uuid[], $2::text[], $3::timestamptz[]) as offered (order_id, reference, expires_at)
            using (order_id)
       where payment.order_id = free.order_id and payment.status = 'pending' and offered.expires_at > clock_timestamp()
       returning payment.order_id, payment.gateway_reference, payment.attempts
     )
     select order_id as "orderId", 'begun' as status, gateway_reference as reference, attempts as attempt from begun
     union all
     select order_id, 'locked', null, null from payment
     where order_id = any($1::uuid[]) and order_id not in (select order_id from free)`,
    [
      attempts.map(({ orderId }) => orderId),
      attempts.map(({ reference }) => reference),
      attempts.map(({ expiresAt }) => expiresAt),
    ],
  )
