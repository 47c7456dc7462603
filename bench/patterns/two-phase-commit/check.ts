/** Checks that the four databases agree on every order. */
import { type PostgresServer, withSession } from '../../src/systems/postgres.ts'

export const databaseNames = ['shop_order', 'shop_payment', 'shop_inventory', 'shop_notification'] as const
type DatabaseName = (typeof databaseNames)[number]

/** Each selects what a database knows of the orders, as one text. All of the same name must be equal. */
const facts: readonly (readonly [name: string, database: DatabaseName, text: string])[] = [
  ['orders', 'shop_order', `select string_agg(id::text, ',' order by id) from customer_order where settled`],
  ['orders', 'shop_order', `select string_agg(order_id::text, ',' order by order_id) from decision where commits`],
  [
    'orders',
    'shop_notification',
    `select string_agg(order_id::text, ',' order by order_id) from notification.notification`,
  ],
  ['money', 'shop_order', `select string_agg(id || ' ' || total, ',' order by id) from customer_order`],
  ['money', 'shop_payment', `select string_agg(order_id || ' ' || amount, ',' order by order_id) from payment.payment`],
  [
    'money',
    'shop_payment',
    `select string_agg(idempotency_key || ' ' || amount, ',' order by idempotency_key) from gateway.charge`,
  ],
  ['goods', 'shop_order', `select string_agg(concat_ws(' ', id, sku, quantity), ',' order by id) from customer_order`],
  [
    'goods',
    'shop_inventory',
    `select string_agg(concat_ws(' ', order_id, sku, quantity), ',' order by order_id) from inventory.reservation
     where status = 'committed'`,
  ],
  ['pieces taken', 'shop_inventory', `select sum(quantity)::text from inventory.reservation`],
  ['pieces taken', 'shop_inventory', `select nullif(sum(initial - on_hand), 0)::text from inventory.stock`],
]

/** Null if all agree and no transaction is left prepared. Otherwise one line. */
export const checkDatabases = async (postgres: PostgresServer): Promise<string | null> => {
  const { rows: prepared } = await postgres.session.query('select 1 from pg_prepared_xacts')
  if (prepared.length > 0) return `${prepared.length} transactions are left prepared`
  const seen = new Map<string, string | null>()
  for (const [name, database, text] of facts) {
    const value = await readValue(postgres.urlOf(database), `select md5((${text})) as value`)
    if (seen.has(name) && seen.get(name) !== value) return `the databases differ in ${name}: ${database} in ${text}`
    seen.set(name, value)
  }
  return null
}

const readValue = (url: string, text: string): Promise<string | null> =>
  withSession(url, async (session) => (await session.query<{ value: string | null }>(text)).rows[0]?.value ?? null)
