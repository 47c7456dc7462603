/** Reads the rows of the real orders from the databases of all services. */
import type { Client } from 'pg'
import { type MeasuredService, mapMeasured, mapMeasuredAsync, measuredServices } from '../systems/services.ts'
import { messagesOf, type OrderRows } from './order-messages.ts'
import { formatOf, hashOf, type NamedMessage, type OrderIds, type RowFormat } from './row-format.ts'

/** A real order, of which copies are made. */
export interface SourceOrder {
  readonly id: string
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

type Tables = ReadonlyMap<string, readonly StoredRow[]>

/** Tables whose rows belong to no order, or exist only for failures. */
const shared =
  /^(stock|stock_movement|photo|photo_folder|readable_version|broker_in_use|service|dead_letter|dead_letter_operation|failed_attempt|operation|\w*migrations?)$/

const uuids = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g

/**
 * Reads the source orders. All of them are settled.
 * @throws if a row belongs to no order, or has an id or a hash that is not computed as the product does. Copies would be wrong.
 */
export const readSource = async (clients: Readonly<Record<MeasuredService, Client>>): Promise<Source> => {
  const tables = await mapMeasuredAsync((service) => readTables(clients[service]))
  const all = new Map(measuredServices.flatMap((service) => [...tables[service]]))
  const found = sourceOrders(all)
  const { rows } = await clients.payment.query<{ last: number }>(
    'select last_value::integer as last from gateway.reference',
  )
  return {
    orders: found.map(({ id, createdAt }) => ({ id, createdAt })),
    rows: mapMeasured((service) => formatAll(tables[service], found)),
    lastReference: rows[0]?.last ?? 0,
  }
}

const readTables = async (client: Client): Promise<Tables> => {
  const { rows: names } = await client.query<{ name: string; table: string }>(
    `select relname as name, oid::regclass::text as table from pg_class
     where relkind = 'r' and relpersistence = 'p' and relnamespace::regnamespace::text in ('public', 'gateway')`,
  )
  const tables = new Map<string, readonly StoredRow[]>()
  for (const { name, table } of names) {
    if (shared.test(name)) continue
    const { rows } = await client.query<StoredRow>(
      `select $1::text as table, text from (select to_json(stored)::text as text from ${table} as stored) as texts`,
      [table],
    )
    tables.set(
      table,
      rows.toSorted((a, b) => sequenceOf(a) - sequenceOf(b)),
    )
  }
  return tables
}

/** The position of a row in a table that numbers its rows. */
const sequenceOf = ({ text }: StoredRow): number => (JSON.parse(text) as { seq?: number }).seq ?? 0

interface FoundOrder extends SourceOrder {
  readonly ids: OrderIds
  readonly messages: ReadonlyMap<string, NamedMessage>
}

const sourceOrders = (tables: Tables): FoundOrder[] => {
  const parsed = <Row>(table: string): Row[] => (tables.get(table) ?? []).map(({ text }) => JSON.parse(text) as Row)
  const byOrder = <Row>(table: string): Map<string, Row[]> =>
    Map.groupBy(parsed<Row & { order_id: string }>(table), ({ order_id }) => order_id)
  const events = byOrder<OrderRows['events'][number]>('order_event')
  const keys = byOrder<NonNullable<OrderRows['key']>>('idempotency_key')
  const payments = byOrder<OrderRows['payment']>('payment')
  const intents = byOrder<OrderRows['intent']>('gateway.intent')
  const notifications = byOrder<OrderRows['notifications'][number]>('notification')
  return parsed<OrderRows['order']>('customer_order').map((order) => {
    const [key] = keys.get(order.id) ?? []
    const [payment] = payments.get(order.id) ?? []
    const [intent, another] = intents.get(order.id) ?? []
    if (!payment || !intent || another) throw new Error(`Order ${order.id} has not one payment and one charge.`)
    const messages = messagesOf({
      order,
      key,
      payment,
      intent,
      events: events.get(order.id) ?? [],
      notifications: notifications.get(order.id) ?? [],
    })
    return {
      id: order.id,
      createdAt: new Date(order.created_at).toISOString(),
      ids: { order: order.id, reference: intent.reference, key: key?.key ?? null },
      messages: new Map(messages.map((message) => [message.id, message])),
    }
  })
}

const formatAll = (tables: Tables, orders: readonly FoundOrder[]): FormattedRow[] => {
  const byId = new Map(orders.map((order, index) => [order.id, index]))
  const byMessage = new Map(
    orders.flatMap(({ messages }, index) => [...messages.keys()].map((id) => [id, index] as const)),
  )
  return [...tables].flatMap(([table, rows]) =>
    rows.map(({ text }): FormattedRow => {
      const owners = new Set((text.match(uuids) ?? []).flatMap((id) => byId.get(id) ?? byMessage.get(id) ?? []))
      const [index] = owners
      const order = index === undefined ? undefined : orders[index]
      if (index === undefined || order === undefined || owners.size > 1)
        throw new Error(`A row of ${table} does not belong to one order: ${text}`)
      return { table, order: index, ...formatOf({ text, ids: order.ids, ...messagesIn(text, order) }) }
    }),
  )
}

interface Recorded {
  readonly id?: string
  readonly hash?: string
  readonly event?: { readonly causationid?: string }
}

/** The messages that the row records. An internal message has an empty hash. */
const messagesIn = (text: string, { messages }: FoundOrder) => {
  const { id, hash, event } = JSON.parse(text) as Recorded
  const own = (id !== undefined && messages.get(id)) || null
  if (own && hash && hash !== hashOf(own)) throw new Error(`The content of a message is not ${own.data}: ${text}`)
  return { own, cause: messages.get(event?.causationid ?? '') ?? null }
}
