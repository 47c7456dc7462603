/** The table of orders: one statement per function. */
import type { OrderStatus } from '@quadrille/events'
import { parameterTable, type Sql, type Statement } from '@quadrille/postgres'
import type { Order } from '../domain/order.ts'

const fresh = parameterTable({
  id: 'uuid',
  status: 'text',
  settled: 'boolean',
  cancellation_reason: 'text',
  customer_id: 'text',
  customer_email: 'text',
  currency: 'text',
  total: 'bigint',
  lines: 'jsonb',
  reference: 'text',
  metadata: 'jsonb',
  payment: 'text',
  inventory: 'text',
  notifications: 'jsonb',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
  expires_at: 'timestamptz',
})
const { columns } = fresh

/** The columns as an Order. */
const selected = `id, status, settled, cancellation_reason as "cancellationReason",
  json_build_object('id', customer_id, 'email', customer_email) as customer, currency, total, lines, reference, metadata,
  payment, inventory, notifications, created_at as "createdAt", updated_at as "updatedAt", expires_at as "expiresAt"`

const changed = parameterTable({
  id: 'uuid',
  status: 'text',
  settled: 'boolean',
  cancellation_reason: 'text',
  payment: 'text',
  inventory: 'text',
  notifications: 'jsonb',
  updated_at: 'timestamptz',
})

/** Locks those of the claimed orders that exist, sorted by id. */
export const lockOrders = (sql: Sql, claimedSql: string): Promise<Order[]> =>
  sql.query<Order>(`select ${selected} from customer_order where id = any(${claimedSql}) order by id for update`)

/** Reads those of the orders that exist, without a lock. */
export const findOrders = (sql: Sql, ids: readonly string[]): Promise<Order[]> =>
  sql.query<Order>(`select ${selected} from customer_order where id = any($1::uuid[])`, [ids])

export const insertOrders = (orders: readonly Order[]): Statement => ({
  text: `insert into customer_order (${columns})
    select ${columns} from ${fresh.sql} as fresh`,
  values: fresh.values(orders.map(toFresh)),
})

/** Writes the columns of an order that can change after it was placed. */
export const updateOrders = (orders: readonly Order[]): Statement => ({
  text: `update customer_order
    set status = changed.status, settled = changed.settled, cancellation_reason = changed.cancellation_reason,
        payment = changed.payment, inventory = changed.inventory, notifications = changed.notifications,
        updated_at = changed.updated_at
    from ${changed.sql} as changed
    where customer_order.id = changed.id`,
  values: changed.values(orders.map(toChanged)),
})

export const findOrder = async (sql: Sql, id: string): Promise<Order | undefined> => (await findOrders(sql, [id]))[0]

export const orderExists = async (sql: Sql, id: string): Promise<boolean> =>
  (await sql.query('select id from customer_order where id = $1', [id])).length > 0

export interface OrderFilter {
  readonly status?: OrderStatus | undefined
  readonly customerId?: string | undefined
  readonly reference?: string | undefined
  /** Only these orders. */
  readonly ids?: readonly string[] | undefined
  /** Only open orders that are older than this, ms. Also those of more than a minute in the future: the clock was set back. */
  readonly openForMs?: number | undefined
  /** Only orders placed before this one. */
  readonly before: string | null
  readonly limit: number
  /**
   * The page ends after the order whose lines, notifications and parcels bring the total above this many bytes of Postgres's JSON.
   * Default: no limit.
   */
  readonly maxBytes?: number | undefined
}

/**
 * The condition of each status. It has the condition of a partial index, because the status itself is in no index. Most orders are
 * fulfilled, so the newest of them are found by the primary key.
 */
const hasStatus: Readonly<Record<OrderStatus, string>> = {
  placed: "not settled and status = 'placed'",
  paid: "not settled and status = 'paid'",
  fulfilled: 'settled and cancellation_reason is null',
  cancelled: 'cancellation_reason is not null',
}

/** Lists the newest orders first, because ids sort by creation time. A page has at least one order, if any matches. */
export const findOrderPage = (
  sql: Sql,
  { status, customerId, reference, ids, openForMs, before, limit, maxBytes }: OrderFilter,
): Promise<Order[]> => {
  const conditions = Object.entries({
    'customer_id = $': customerId,
    'reference = $': reference,
    'id = any($::uuid[])': ids,
    "not settled and created_at not between clock_timestamp() - interval '1 ms' * $ and clock_timestamp() + interval '1 min'":
      openForMs,
    'id < $': before ?? undefined,
  }).filter((condition): condition is [string, string | number | readonly string[]] => condition[1] !== undefined)
  const where = [
    ...(status === undefined ? [] : [hasStatus[status]]),
    ...conditions.map(([condition], index) => condition.replace('$', () => `$${index + 3}`)),
  ]
  return sql.query<Order>(
    `select ${selected}
     from (
       select ${columns}, sum(bytes) over (order by id desc) - bytes as bytes_before
       from (
         select ${columns} from customer_order
         ${where.length > 0 ? `where ${where.join(' and ')}` : ''} order by id desc limit $1
       ) as newest
       cross join lateral (
         select octet_length(lines::text) + octet_length(notifications::text) + (
           select coalesce(sum(octet_length(carrier) + octet_length(tracking_code)), 0) from order_shipment where order_id = id
         ) as bytes
       ) as measured
     ) as counted
     where $2::bigint is null or bytes_before < $2 order by id desc`,
    [limit, maxBytes ?? null, ...conditions.map(([, value]) => value)],
  )
}

/** The newest orders, among which an order is found by the end of its id. */
export const searchedOrders = 100_000

/**
 * Finds orders by the last eight characters of their ids. No index has these, because inserting orders would take more than twice as
 * long. So only the newest are searched, by the primary key, which takes about 50 ms.
 */
export const findBySuffix = async (sql: Sql, suffix: string): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>(
    `select id from (select id from customer_order order by id desc limit $2) as newest
     where substr(uuid_send(id), 13) = decode($1, 'hex') order by id desc limit 10`,
    [suffix, searchedOrders],
  )
  return rows.map(({ id }) => id)
}

/**
 * Returns the time of Postgres.
 * @throws if Postgres is read-only: it then refuses a statement that may lock rows. This one locks none.
 */
export const requireWritable = async (sql: Sql): Promise<Date> => {
  const [row] = await sql.query<{ now: Date }>(
    'select clock_timestamp() as now, (select true from customer_order limit 0 for key share) as locked',
  )
  if (!row) throw new Error('Postgres has returned no row.')
  return row.now
}

export interface ExpiredOrder {
  readonly id: string
  readonly expiresAt: Date
}

interface ExpiredFilter {
  readonly overdueMs: number
  readonly limit: number
  /** Only orders that expire at this time or later. Default: all. */
  readonly from?: Date | undefined
}

/**
 * Finds open orders that have been overdue for at least this long, by the database's clock. Those that expired first come
 * first.
 */
export const findExpired = (sql: Sql, { overdueMs, limit, from }: ExpiredFilter): Promise<ExpiredOrder[]> =>
  sql.query<ExpiredOrder>(
    `select id, expires_at as "expiresAt" from customer_order
     where not settled and cancellation_reason is null and expires_at >= $3::timestamptz
       and expires_at <= statement_timestamp() - $1::float * interval '1 millisecond'
     order by expires_at limit $2`,
    [overdueMs, limit, from ?? '-infinity'],
  )

const toChanged = (order: Order) => ({
  id: order.id,
  status: order.status,
  settled: order.settled,
  cancellation_reason: order.cancellationReason,
  payment: order.payment,
  inventory: order.inventory,
  notifications: JSON.stringify(order.notifications),
  updated_at: order.updatedAt,
})

const toFresh = (order: Order) => ({
  ...toChanged(order),
  customer_id: order.customer.id,
  customer_email: order.customer.email,
  currency: order.currency,
  total: order.total,
  lines: JSON.stringify(order.lines),
  reference: order.reference,
  metadata: order.metadata && JSON.stringify(order.metadata),
  created_at: order.createdAt,
  expires_at: order.expiresAt,
})
