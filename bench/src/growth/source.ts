/** Reads the rows of the real orders from the databases of all services. */
import type { Client } from 'pg'
import { type MeasuredService, mapMeasured, mapMeasuredAsync } from '../systems/services.ts'
import { formatOf, idPattern, type OrderIds, type RowFormat } from './row-format.ts'

/** A real order, of which copies are made. */
export interface SourceOrder extends OrderIds {
  /** In ISO 8601. */
  readonly createdAt: string
}

/** A row of a source order, as a format string. */
export interface FormattedRow extends RowFormat {
  readonly table: string
  /** The index of its order among the source orders. */
  readonly order: number
}

export interface Source {
  readonly orders: readonly SourceOrder[]
  /** By service, the rows of a table in the order of their insertion. */
  readonly rows: Readonly<Record<MeasuredService, readonly FormattedRow[]>>
  /** The number of the last object of the gateway. */
  readonly lastReference: number
}

interface StoredRow {
  readonly table: string
  /** JSON. */
  readonly text: string
}

/** Tables whose rows belong to no order, or exist only for failures. */
const shared =
  /^(stock|stock_movement|photo|photo_folder|readable_version|broker_in_use|service|dead_letter|dead_letter_operation|failed_attempt|operation|\w*migrations?)$/

/** Reads the source orders. All of them are settled. @throws if a row does not belong to one order. */
export const readSource = async (clients: Readonly<Record<MeasuredService, Client>>): Promise<Source> => {
  const stored = await mapMeasuredAsync((service) => readRows(clients[service]))
  const orders = await readOrders(clients)
  const { rows } = await clients.payment.query<{ last: number }>(
    'select last_value::integer as last from gateway.reference',
  )
  return {
    orders,
    rows: mapMeasured((service) => formatAll(stored[service], orders)),
    lastReference: rows[0]?.last ?? 0,
  }
}

const readOrders = async ({ order, payment }: Readonly<Record<MeasuredService, Client>>): Promise<SourceOrder[]> => {
  const charges = await payment.query<{ order_id: string; reference: string }>(
    'select order_id, reference from gateway.intent',
  )
  const references = new Map(charges.rows.map(({ order_id, reference }) => [order_id, reference]))
  const orders = await order.query<{ id: string; created_at: Date }>('select id, created_at from customer_order')
  return orders.rows.map(({ id, created_at }) => {
    const reference = references.get(id)
    if (reference === undefined) throw new Error(`Order ${id} has no charge.`)
    return { id, reference, createdAt: created_at.toISOString() }
  })
}

const readRows = async (client: Client): Promise<StoredRow[]> => {
  const { rows: tables } = await client.query<{ name: string; table: string }>(
    `select relname as name, oid::regclass::text as table from pg_class
     where relkind = 'r' and relpersistence = 'p' and relnamespace::regnamespace::text in ('public', 'gateway')`,
  )
  const stored: StoredRow[] = []
  for (const { name, table } of tables) {
    if (shared.test(name)) continue
    const { rows } = await client.query<StoredRow>(
      `select $1::text as table, text from (select to_json(stored)::text as text from ${table} as stored) as texts`,
      [table],
    )
    stored.push(...rows.toSorted((a, b) => sequenceOf(a) - sequenceOf(b)))
  }
  return stored
}

/** The position of a row in a table that numbers its rows. */
const sequenceOf = ({ text }: StoredRow): number => (JSON.parse(text) as { seq?: number }).seq ?? 0

const formatAll = (rows: readonly StoredRow[], orders: readonly SourceOrder[]): FormattedRow[] => {
  const indexes = new Map(orders.map(({ id }, index) => [id, index]))
  return rows.map(({ table, text }) => {
    const [index, another] = new Set((text.match(idPattern) ?? []).flatMap((id) => indexes.get(id) ?? []))
    const order = index === undefined ? undefined : orders[index]
    if (index === undefined || order === undefined || another !== undefined)
      throw new Error(`A row of ${table} does not belong to one order: ${text}`)
    return { table, order: index, ...formatOf(text, order) }
  })
}
