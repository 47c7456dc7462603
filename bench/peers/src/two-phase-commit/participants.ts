/** The databases of an order. The first one belongs to the coordinator, and the others take part in its transactions. */
import { Pool, type QueryConfig } from 'pg'
import { databaseUrl } from '../shop/environment.ts'
import { type Order, totalOf } from '../shop/order.ts'
import { charge, notify } from '../shop/steps.ts'
import { createTables } from '../shop/tables.ts'

export interface Database {
  readonly pool: Pool
  /** A connection for recovery alone, because orders that wait for a prepared transaction may use all others. */
  readonly recovery: Pool
}

export interface Participant extends Database {
  readonly name: string
  /** The statement of this order. It changes one row or more. */
  work(order: Order): QueryConfig
}

/** Orders in progress. More would wait for each other in Postgres in place of the pool. */
const connections = 20
/** An order that waits longer for a row or a connection is refused. */
const limits = { lock_timeout: 1_000, connectionTimeoutMillis: 10_000 }

const ignore = (): void => undefined

const open = (name: string): Database => {
  const connectionString = Object.assign(new URL(databaseUrl()), { pathname: `/shop_${name}` }).href
  const [pool, recovery] = [connections, 1].map((max) => {
    const opened = new Pool({ connectionString, max, pipeline: true, keepAlive: true, ...limits })
    opened.on('error', (error) => console.error(error)) // an idle connection broke, and the pool replaces it
    opened.on('connect', (client) => client.on('error', ignore)) // one in use broke: its next statement throws
    return opened
  }) as [Pool, Pool] // one for each number
  return { pool, recovery }
}

/** One statement, so that the lock of a popular row begins late. A lack of stock violates a check constraint. */
const takeStock = ({ id, sku, quantity }: Order): QueryConfig => ({
  name: 'take',
  text: `
    with taken as (
      update inventory.stock set on_hand = on_hand - $3::integer where sku = $2 returning sku
    )
    insert into inventory.reservation (order_id, sku, quantity, status)
      select $1::uuid, sku, $3::integer, 'committed' from taken`,
  values: [id, sku, quantity],
})

export const orders: Database = open('order')

const participant = (name: string, work: Participant['work']): Participant => ({ name, ...open(name), work })

export const participants: readonly Participant[] = [
  participant('payment', charge),
  participant('inventory', takeStock),
  participant('notification', notify),
]

/** Creates all tables at the first start. Later it must not write: rows of stock may be locked by prepared transactions. */
export const createDatabases = async (): Promise<void> => {
  const { rows } = await orders.recovery.query<{ exist: boolean }>(
    `select to_regclass('decision') is not null as exist`,
  )
  if (rows[0]?.exist) return
  const [payment, inventory, notification] = participants as [Participant, Participant, Participant] // the three above
  await Promise.all([
    createTables(orders.recovery, ['orders']),
    createTables(payment.recovery, ['payments']),
    createTables(inventory.recovery, ['inventory']),
    createTables(notification.recovery, ['notifications']),
  ])
  await orders.recovery.query('create table decision (order_id uuid primary key, commits boolean not null)')
}

/**
 * The decision to commit, in one transaction with the order. So the order's own database needs no prepared transaction: its commit
 * is the decision ("logging last resource"). @throws if the order has a decision already.
 */
export const decideToCommit = (order: Order): QueryConfig => ({
  name: 'decide',
  text: `
    with decision as (insert into decision (order_id, commits) values ($1, true))
    insert into customer_order
      (id, customer_id, email, currency, total, sku, quantity, unit_price, status, settled)
    values ($1, $2, $3, $4, $5, $6, $7, $8, 'fulfilled', true)`,
  values: [
    order.id,
    order.customerId,
    order.email,
    order.currency,
    totalOf(order),
    order.sku,
    order.quantity,
    order.unitPrice,
  ],
})
