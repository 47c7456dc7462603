/** The history of an order: each of its published events, without the payment method. */
import type { Message } from '@quadrille/events'
import type { TraceContext } from '@quadrille/messages'
import type { Sql, Statement } from '@quadrille/postgres'

/** Adds events. Ignores an event that is stored already. */
export const insertHistory = (events: readonly Message[]): Statement => ({
  text: `insert into order_event (order_id, id, event)
    select order_id, id, event from unnest($1::uuid[], $2::uuid[], $3::json[]) as added (order_id, id, event)
    on conflict do nothing`,
  values: [
    events.map(({ subject }) => subject),
    events.map(({ id }) => id),
    events.map((event) => JSON.stringify(withoutMethod(event))),
  ],
})

const withoutMethod = (event: Message): unknown => {
  if (event.type !== 'OrderPlaced') return event
  const { payment: _, ...shown } = event.data
  return { ...event, data: shown }
}

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

export interface HistoryRow {
  readonly seq: number
  readonly event: Message
}

export interface HistoryPage {
  /** `asc`: the oldest first. */
  readonly order: 'asc' | 'desc'
  /** Returns only events after this `seq` in that order. Null for the first page. */
  readonly after: number | null
  readonly limit: number
}

/** Lists events in the order in which they reached the order service, or in the reverse order. */
export const listHistory = (sql: Sql, orderId: string, { order, after, limit }: HistoryPage): Promise<HistoryRow[]> =>
  sql.query<HistoryRow>(
    `select seq, event from order_event
     where order_id = $1 and ($2::bigint is null or seq ${order === 'asc' ? '>' : '<'} $2) order by seq ${order} limit $3`,
    [orderId, after, limit],
  )

/**
 * Deletes up to `limit` events of orders that were settled, and received their last event, more than `ttlMs` ago. Returns
 * the number of deleted events. Order ids begin with the creation time (RFC 9562, section 5.7), so the statement reads no
 * newer orders.
 */
export const deleteHistories = async (sql: Sql, ttlMs: number, limit: number): Promise<number> => {
  const rows = await sql.query(
    `delete from order_event where (order_id, id) in (
       select order_event.order_id, order_event.id
       from order_event join customer_order on customer_order.id = order_event.order_id
       where order_event.order_id < rpad(lpad(to_hex((extract(epoch from now()) * 1000 - $1)::bigint), 12, '0'), 32, '0')::uuid
         and customer_order.settled and customer_order.updated_at < now() - $1 * interval '1 millisecond'
       order by order_event.order_id limit $2
     ) returning 1`,
    [ttlMs, limit],
  )
  return rows.length
}
