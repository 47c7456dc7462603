/** The tables of the gateway's ledger: one statement per function. */
import { parameterTable, type Sql, type Statement } from '@quadrille/postgres'
import type { LedgerEntry, OrderSelection } from '../gateway.ts'
import type { Intent } from './intent.ts'

export interface Creation {
  readonly key: string
  readonly orderId: string
  readonly amount: number
  readonly currency: string
}

interface CreateKey {
  readonly key: string
  readonly reference: string
}

const created = parameterTable({ key: 'text', order_id: 'uuid', amount: 'bigint', currency: 'text' })

/**
 * Creates a payment intent for each key that is new, or that was last used to create one at or before `expiredBefore`. Returns
 * the created ones. The keys must be distinct. Waits for a transaction that is using the same key. `is true` keeps the
 * planner from joining the two lists, which without an index would compare each pair.
 */
export const createIntents = (
  sql: Sql,
  creations: readonly Creation[],
  { now, expiredBefore }: { now: Date; expiredBefore: Date },
): Promise<CreateKey[]> =>
  sql.query<CreateKey>(
    `with asked as materialized (
       select key, order_id, amount, currency, 'sim_' || nextval('gateway.reference') as reference
       from ${created.sql} as given
     ), claimed as (
       insert into gateway.create_key as known (key, reference, created_at)
       select key, reference, ${created.after(1)}::timestamptz from asked order by key
       on conflict (key) do update set reference = excluded.reference, created_at = excluded.created_at
         where known.created_at <= ${created.after(2)}::timestamptz
       returning key, reference
     ), created as (
       insert into gateway.intent (reference, order_id, amount, currency, created_at)
       select reference, order_id, amount, currency, ${created.after(1)}::timestamptz from asked
       where (reference in (select reference from claimed)) is true
     )
     select key, reference from claimed`,
    [
      ...created.values(creations.map(({ orderId, ...creation }) => ({ ...creation, order_id: orderId }))),
      now,
      expiredBefore,
    ],
  )

/** Finds the payment intents that were created under these keys. */
export const findCreated = (sql: Sql, keys: readonly string[]): Promise<CreateKey[]> =>
  sql.query<CreateKey>('select key, reference from gateway.create_key where key = any($1::text[])', [keys])

/** Locks the payment intents, in the order of their references, until the transaction ends. */
export const lockIntents = (sql: Sql, references: readonly string[]): Promise<Intent[]> =>
  sql.query<Intent>(
    `select reference, order_id as "orderId", amount, currency, status, method, decline_code as "declineCode",
            confirmations, due_at as "dueAt", captured, refunded, capture_count as "captureCount",
            refund_count as "refundCount", answers
     from gateway.intent where reference = any($1::text[]) order by reference for update`,
    [references],
  )

const changed = parameterTable({
  reference: 'text',
  status: 'text',
  method: 'text',
  decline_code: 'text',
  confirmations: 'integer',
  due_at: 'timestamptz',
  captured: 'bigint',
  refunded: 'bigint',
  capture_count: 'integer',
  refund_count: 'integer',
  answers: 'jsonb',
})

/** The statement that writes payment intents which its transaction has locked. */
export const updateIntents = (intents: readonly Intent[]): Statement => ({
  text: `update gateway.intent
     set status = changed.status, method = changed.method, decline_code = changed.decline_code,
         confirmations = changed.confirmations, due_at = changed.due_at, captured = changed.captured,
         refunded = changed.refunded, capture_count = changed.capture_count, refund_count = changed.refund_count,
         answers = changed.answers
     from ${changed.sql} as changed
     where intent.reference = changed.reference`,
  values: changed.values(intents.map(toRow)),
})

const toRow = (intent: Intent) => ({
  reference: intent.reference,
  status: intent.status,
  method: intent.method,
  decline_code: intent.declineCode,
  confirmations: intent.confirmations,
  due_at: intent.dueAt,
  captured: intent.captured,
  refunded: intent.refunded,
  capture_count: intent.captureCount,
  refund_count: intent.refundCount,
  answers: JSON.stringify(intent.answers),
})

/** Reads the ledger of many orders: one entry for each that has a payment intent. */
export const readEntries = (sql: Sql, orders: OrderSelection): Promise<LedgerEntry[]> => {
  const [condition, values] =
    'orderIds' in orders
      ? ['order_id = any($1::uuid[])', [orders.orderIds]]
      : ['order_id > $1 and order_id <= $2', [orders.after, orders.upTo]]
  return sql.query<LedgerEntry>(
    `select order_id as "orderId", array_agg(distinct currency) as currencies,
            sum(captured)::bigint as captured, sum(refunded)::bigint as refunded,
            sum(capture_count)::integer as captures, sum(refund_count)::integer as refunds,
            bool_or(status = 'processing') as processing,
            coalesce(array_agg(reference) filter (where status = 'unconfirmed'), '{}') as unconfirmed
     from gateway.intent where ${condition} group by order_id`,
    values,
  )
}
