/** The history of an order: each of its published events, without the payment method. */
import type { Message } from '@quadrille/events'
import type { TraceContext } from '@quadrille/messages'
import { parameterTable, type Sql, type Statement } from '@quadrille/postgres'
import { firstEvents } from './first-events.ts'
import { lowestIdAt, timeOf } from './time-of-id.ts'

const given = parameterTable({ order_id: 'uuid', id: 'uuid', event: 'json' })

/**
 * Adds events. Ignores an event that is stored already. The lock on its order prevents that another transaction stores it at the
 * same time.
 */
export const insertHistory = (events: readonly Message[]): Statement => {
  const distinct = [...new Map(events.map((event) => [event.id, event])).values()]
  return {
    text: `insert into order_event (order_id, id, event)
      select order_id, id, event from ${given.sql} as added
      where (select true from order_event as stored
             where (stored.order_id, stored.id) = (added.order_id, added.id)) is null`,
    values: given.values(
      distinct.map((event) => ({
        order_id: event.subject,
        id: event.id,
        event: JSON.stringify(toStored(withoutMethod(event))),
      })),
    ),
  }
}

const withoutMethod = (event: Message): HistoryEvent => {
  if (event.type !== 'OrderPlaced') return event
  const { payment: _, ...shown } = event.data
  return { ...event, data: shown }
}

/** An event, without the payment method. */
export type HistoryEvent = Omit<Message, 'data'> & { readonly data: Readonly<Record<string, unknown>> }

/** Attributes that the stored event lacks if they have these values, which follow from the row: two fifths of its size. */
const derivedFrom = ({ id, order_id }: { readonly id: string; readonly order_id: string }) =>
  ({
    specversion: '1.0',
    id,
    subject: order_id,
    datacontenttype: 'application/json',
    correlationid: order_id,
    partitionkey: order_id,
  }) as const

export type StoredEvent = Omit<HistoryEvent, keyof ReturnType<typeof derivedFrom>> & Partial<HistoryEvent>

const toStored = (event: HistoryEvent): StoredEvent => {
  const { specversion, id, subject, datacontenttype, correlationid, partitionkey, ...stored } = event
  return {
    ...stored,
    ...(correlationid !== subject && { correlationid }),
    ...(partitionkey !== subject && { partitionkey }),
  }
}

/** The whole event of a row. Earlier versions have stored all of its attributes. */
export const eventOf = (row: {
  readonly id: string
  readonly order_id: string
  readonly event: StoredEvent
}): HistoryEvent => ({ ...derivedFrom(row), ...row.event })

/** The trace context of each order, from its OrderPlaced event. All later work on the order belongs to this trace. */
export const findTraces = async (sql: Sql, orderIds: readonly string[]): Promise<Map<string, TraceContext>> => {
  const rows = await sql.query<{ order_id: string; traceparent: string | null; tracestate: string | null }>(
    `select order_id, event->>'traceparent' as traceparent, event->>'tracestate' as tracestate
     from order_event where order_id = any($1::uuid[]) and event->>'type' = 'OrderPlaced'`,
    [orderIds],
  )
  return new Map(
    rows.flatMap(({ order_id, traceparent, tracestate }) =>
      traceparent ? [[order_id, { traceparent, tracestate: tracestate ?? undefined }]] : [],
    ),
  )
}

/** Finds when events of these types occurred in each order: by order and type, in RFC 3339. */
export const findEventTimes = async (
  sql: Sql,
  orderIds: readonly string[],
  types: readonly string[],
): Promise<Map<string, ReadonlyMap<string, string>>> => {
  const rows = await sql.query<{ order_id: string; times: Readonly<Record<string, string>> }>(
    `select order_id, json_object_agg(type, time) as times
     from (
       select order_id, event->>'type' as type, min(event->>'time') as time from order_event
       where order_id = any($1::uuid[]) and event->>'type' = any($2::text[]) group by 1, 2
     ) as occurred group by order_id`,
    [orderIds, types],
  )
  return new Map(rows.map(({ order_id, times }) => [order_id, new Map(Object.entries(times))]))
}

export interface HistoryRow {
  readonly seq: number
  readonly event: HistoryEvent
}

interface StoredRow {
  readonly seq: number
  readonly id: string
  readonly order_id: string
  readonly event: StoredEvent
}

const toHistoryRow = (row: StoredRow): HistoryRow => ({ seq: row.seq, event: eventOf(row) })

export interface HistoryPage {
  /** `asc`: the oldest first. */
  readonly order: 'asc' | 'desc'
  /** Returns only events after this `seq` in that order. Null for the first page. */
  readonly after: number | null
  readonly limit: number
}

/** SQL for the events of an order after a `seq` ($2), or all. No index can be read by this condition on `seq`. */
const eventsAfter = (order: HistoryPage['order']): string =>
  `select seq, id, order_id, event from order_event
   where order_id = $1 and ($2::bigint is null or seq ${order === 'asc' ? '>' : '<'} $2)`

/** Lists events in the order in which they reached the order service, or in the reverse order. */
export const listHistory = async (
  sql: Sql,
  orderId: string,
  { order, after, limit }: HistoryPage,
): Promise<HistoryRow[]> => {
  const rows = await sql.query<StoredRow>(`${eventsAfter(order)} order by seq ${order} limit $3`, [
    orderId,
    after,
    limit,
  ])
  return rows.map(toHistoryRow)
}

export interface HistoryPart {
  /** Reads only events after this `seq`. Null for the first part. */
  readonly after: number | null
  /** The maximum number of events. */
  readonly limit: number
  /** The size of the stored texts of all events. The last one may exceed it. */
  readonly maxBytes: number
}

/** Reads the next events for a stream, the oldest first. `isComplete`: there are no further ones. */
export const readHistory = async (
  sql: Sql,
  orderId: string,
  { after, limit, maxBytes }: HistoryPart,
): Promise<{ readonly rows: readonly HistoryRow[]; readonly isComplete: boolean }> => {
  const rows = await sql.query<StoredRow & { found: number }>(
    `${firstEvents(`${eventsAfter('asc')} order by seq limit $3`, {
      columns: 'seq, id, order_id, event',
      order: 'seq',
      maxBytes: '$4',
    })} order by seq`,
    [orderId, after, limit, maxBytes],
  )
  return { rows: rows.map(toHistoryRow), isComplete: rows.length < limit && rows.length === (rows[0]?.found ?? 0) }
}

/** The `seq` of an event of this order. Undefined if it is not stored. */
export const findSeq = async (sql: Sql, orderId: string, eventId: string): Promise<number | undefined> => {
  const [row] = await sql.query<{ seq: number }>('select seq from order_event where (order_id, id) = ($1, $2)', [
    orderId,
    eventId,
  ])
  return row?.seq
}

export interface HistoryDeletion {
  readonly ttlMs: number
  readonly limit: number
  /** Deletes only histories of orders whose ids are of this time or later, ms since 1970. Default: all. */
  readonly fromMs?: number
}

/**
 * Deletes the histories of orders that were settled, and received their last event, more than `ttlMs` ago, unless a refund is
 * still owed. Each is deleted as a whole, because the audit and reconciliation compare every history that still has its first event.
 * Stops after the history that contains the event number `limit`. Then `count` is `limit`, otherwise the number of deleted
 * events. `lastMs`: the time of the id of the last order, 0 without one. Order ids begin with the creation time, so the statement
 * reads no newer orders. With a join, Postgres may read all orders first, and orders are never deleted.
 */
export const deleteHistories = async (
  sql: Sql,
  { ttlMs, limit, fromMs = 0 }: HistoryDeletion,
): Promise<{ readonly count: number; readonly lastMs: number }> => {
  const rows = await sql.query<{ order_id: string }>(
    `delete from order_event where order_id in (
       select order_id from order_event
       where order_id >= $3
         and order_id < rpad(lpad(to_hex(greatest(0, extract(epoch from now()) * 1000 - $1)::bigint), 12, '0'), 32, '0')::uuid
         and (select settled and payment not in ('refunding', 'refund_failed')
                     and updated_at < now() - $1 * interval '1 millisecond'
              from customer_order where customer_order.id = order_event.order_id)
       order by order_id limit $2
     ) returning order_id`,
    [ttlMs, limit, lowestIdAt(fromMs)],
  )
  const lastId = rows
    .map(({ order_id }) => order_id)
    .toSorted()
    .at(-1)
  return { count: Math.min(rows.length, limit), lastMs: lastId === undefined ? 0 : timeOf(lastId) }
}
