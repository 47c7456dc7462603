/** The table `payment`: one statement per function. */
import type { TraceContext } from '@quadrille/messages'
import { parameterTable, type Sql, type Statement } from '@quadrille/postgres'
import type { Payment } from '../domain/payment.ts'
import type { ChargeAttempt, ChargeLimit } from '../tasks/ports.ts'
import { type PaymentRow, toPayment, toRow } from './payment-row.ts'

const types = {
  order_id: 'uuid',
  status: 'text',
  cancelled: 'boolean',
  amount: 'bigint',
  currency: 'text',
  gateway_reference: 'text',
  attempts: 'integer',
  captured: 'bigint',
  refunded: 'bigint',
  refund_round: 'integer',
  manual_reference: 'text',
  code: 'text',
} as const satisfies Record<keyof ReturnType<typeof toRow>, string>
const given = parameterTable(types)
const fresh = parameterTable({ ...types, traceparent: 'text' })
const { columns } = given

/** Locks the payments of the claimed orders, in the order of their ids, until the transaction ends. */
export const lockPayments = async (sql: Sql, claimedSql: string): Promise<Payment[]> => {
  const rows = await sql.query<PaymentRow>(
    `select ${columns} from payment where order_id = any(${claimedSql}) order by order_id for update`,
  )
  return rows.map(toPayment)
}

/** Reads the payments of the orders without a lock. */
export const findPayments = async (sql: Sql, orderIds: readonly string[]): Promise<Payment[]> => {
  const rows = await sql.query<PaymentRow>(`select ${columns} from payment where order_id = any($1::uuid[])`, [
    orderIds,
  ])
  return rows.map(toPayment)
}

/** Finds since when each payment has its status. An attempt to charge changes the row, but not that time. */
export const findStatusTimes = async (sql: Sql, orderIds: readonly string[]): Promise<Map<string, Date>> => {
  const rows = await sql.query<{ order_id: string; since: Date }>(
    `select order_id, case status when 'pending' then created_at else updated_at end as since
     from payment where order_id = any($1::uuid[])`,
    [orderIds],
  )
  return new Map(rows.map(({ order_id, since }) => [order_id, since]))
}

/**
 * Stores each payment with the trace of its order, if there is one. @throws a unique violation if another transaction
 * has stored the payment meanwhile.
 */
export const insertPayments = (
  payments: readonly Payment[],
  traces: ReadonlyMap<string, string> = new Map(),
): Statement => ({
  text: `insert into payment (${fresh.columns}) select ${fresh.columns} from ${fresh.sql} as given order by order_id`,
  values: fresh.values(
    payments.map((payment) => ({ ...toRow(payment), traceparent: traces.get(payment.orderId) ?? null })),
  ),
})

/** The trace context of the last message about the order in the batch that stored its payment. */
export const findTrace = async (sql: Sql, orderId: string): Promise<TraceContext | undefined> => {
  const [row] = await sql.query<{ traceparent: string | null }>('select traceparent from payment where order_id = $1', [
    orderId,
  ])
  return row?.traceparent ? { traceparent: row.traceparent } : undefined
}

/** Writes payments that this transaction has locked. Only `beginAttempts` changes the number of attempts. */
export const updatePayments = (payments: readonly Payment[]): Statement => ({
  text: `update payment
    set status = given.status, cancelled = given.cancelled, currency = given.currency,
        gateway_reference = given.gateway_reference, captured = given.captured, refunded = given.refunded,
        refund_round = given.refund_round, manual_reference = given.manual_reference, code = given.code, updated_at = now()
    from ${given.sql} as given
    where payment.order_id = given.order_id`,
  values: given.values(payments.map(toRow)),
})

const offered = parameterTable({ order_id: 'uuid', reference: 'text', expires_at: 'timestamptz' })

const toOffered = ({ orderId, reference, expiresAt }: ChargeAttempt) => ({
  order_id: orderId,
  reference,
  expires_at: expiresAt,
})

/** Permission to confirm. */
export interface BegunAttempt {
  readonly orderId: string
  readonly reference: string
  readonly attempt: number
}

/**
 * Permits and counts an attempt if the payment is pending and the order has not expired by the database's clock. Returns
 * the reference that was stored first. Does not wait for payments that another session has locked: they get no permission.
 */
export const beginAttempts = (sql: Sql, attempts: readonly ChargeAttempt[]): Promise<BegunAttempt[]> =>
  sql.query<BegunAttempt>(
    `with free as (
       select order_id, reference
       from ${offered.sql} as offered join payment using (order_id)
       where status = 'pending' and expires_at > clock_timestamp()
       for update of payment skip locked
     )
     update payment
     set gateway_reference = coalesce(payment.gateway_reference, free.reference), attempts = payment.attempts + 1,
         updated_at = now()
     from free where payment.order_id = free.order_id
     returning payment.order_id as "orderId", payment.gateway_reference as reference, payment.attempts as attempt`,
    offered.values(attempts.map(toOffered)),
  )

const limited = parameterTable({ order_id: 'uuid', expires_at: 'timestamptz' })

/** Finds the orders for which an attempt could be permitted: the payment is pending and the order has not expired. */
export const findChargeable = async (sql: Sql, charges: readonly ChargeLimit[]): Promise<Set<string>> => {
  const rows = await sql.query<{ orderId: string }>(
    `select order_id as "orderId"
     from ${limited.sql} as limited join payment using (order_id)
     where status = 'pending' and expires_at > clock_timestamp()`,
    limited.values(charges.map(({ orderId, expiresAt }) => ({ order_id: orderId, expires_at: expiresAt }))),
  )
  return new Set(rows.map(({ orderId }) => orderId))
}
