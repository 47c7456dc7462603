import type { Databases, Report } from '@quadrille/audit'
import { query } from '../world/query.ts'

/** The maximum number of orders whose records are written. */
const maxOrders = 50

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The ids of the orders that violate an invariant. */
export const violatingOrders = ({ findings }: Report): string[] => {
  const subjects = findings.flatMap(({ violations }) => violations.map(({ subject }) => subject))
  return [...new Set(subjects)].filter((subject) => uuid.test(subject)).slice(0, maxOrders)
}

/** All rows about these orders, from each table of each service that has an order id. */
export const readRowsOf = async (databases: Databases, orderIds: readonly string[]): Promise<object> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(databases).map(async ([service, url]) => [service, await readRows(url, orderIds)] as const),
    ),
  )

const readRows = async (url: string, orderIds: readonly string[]): Promise<Record<string, unknown[]>> => {
  const tables = await query<{ name: string; id: string }>(
    url,
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name, quote_ident(column_name) as id
       from information_schema.columns
      where column_name = 'order_id' or (table_name = 'customer_order' and column_name = 'id')
      order by 1`,
  )
  const rows: Record<string, unknown[]> = {}
  for (const { name, id } of tables) {
    const found = `select to_jsonb(t) as row from ${name} t where ${id} = any($1::uuid[])`
    rows[name] = (await query<{ row: unknown }>(url, found, [orderIds])).map(({ row }) => row)
  }
  return rows
}
