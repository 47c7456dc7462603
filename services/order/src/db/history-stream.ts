/** The events of all histories, in the order of the transactions that have inserted them: one statement per function. */
import type { OrderStatus } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'
import { firstEvents } from './first-events.ts'
import {
  type EventKey,
  isVisible,
  type Position,
  positionAt,
  readSnapshot,
  type Snapshot,
  start,
  withLastTransaction,
} from './history-position.ts'
import { eventOf, type HistoryEvent, type StoredEvent } from './history-table.ts'

/** An event, and what it is selected by. */
export interface AddedEvent extends EventKey {
  readonly orderId: string
  /** The customer and the status of its order at the time of reading. Null if the order is not stored, or was not read. */
  readonly customerId: string | null
  readonly status: OrderStatus | null
  readonly event: HistoryEvent
}

export interface AddedEvents {
  /** In the order of `positionAfter`. */
  readonly events: readonly AddedEvent[]
  /** The snapshot in which they are visible. */
  readonly snapshot: Snapshot
  /** Whether they are all events that are visible in it. Otherwise there is at least one, and more may follow. */
  readonly isComplete: boolean
}

interface Row {
  snapshot: string
  /** The number of events after the position, up to the limit. Null if there are none, as are the columns below. */
  found: number | null
  xid: string | null
  seq: number
  order_id: string
  id: string
  event: StoredEvent
  customer_id: string | null
  status: OrderStatus | null
}

/** A part of the rows after a position. */
const rowsWhere = (part: number, condition: string): string => `
  (select ${part} as part, xid, seq, order_id, id, event from order_event
   where ${condition} and pg_visible_in_snapshot(xid, until.snapshot) order by xid, seq limit $6)`

const addedEvents = firstEvents(
  `select part, xid, seq, order_id, id, event from (
     ${rowsWhere(1, 'xid = $1::xid8 and seq > $2::bigint')}
     union all ${rowsWhere(2, 'xid = any($3::xid8[])')}
     union all ${rowsWhere(2, 'xid >= $4::xid8 and xid < pg_snapshot_xmax(until.snapshot)')}
   ) as parts order by part, xid, seq limit $6`,
  { columns: 'part, xid, seq, order_id, id, event', order: 'part, xid, seq', maxBytes: '$7' },
)

/** Scalar subqueries read the order by its key. The planner could replace a join by a scan of the whole table. */
const ofOrder = (column: string, isRead: boolean): string =>
  isRead
    ? `(select ${column} from customer_order where customer_order.id = order_id) as ${column}`
    : `null as ${column}`

interface ReadOptions {
  readonly until?: Snapshot
  /** The maximum number of events. */
  readonly limit: number
  /** The size of the texts of all events. The last one may exceed it. Default 1 MiB. */
  readonly maxBytes?: number
  readonly withOrders?: boolean
}

/**
 * Reads the events after a position: the rest of its last transaction, then those of transactions that were running at the position
 * and of later ones, in the order of their numbers. A transaction gets its number after earlier ones about the same orders have
 * committed (see `claim`), so the events of one order are in the order of their commits. `until`: a snapshot, to read no events that
 * are not visible in it. By default the snapshot of the statement itself. `withOrders`: whether it also reads the order of each
 * event, which costs as much again. Default true.
 */
export const readAdded = async (
  sql: Sql,
  from: Position,
  { until, limit, maxBytes = 1_048_576, withOrders = true }: ReadOptions,
): Promise<AddedEvents> => {
  const partial = from.last && !isVisible(from.snapshot, from.last.xid) ? from.last : null
  const { xmax, running } = withLastTransaction(from)
  const rows = await sql.query<Row>(
    `select until.snapshot::text, found, xid, seq, order_id, id, event, ${ofOrder('customer_id', withOrders)}, ${ofOrder('status', withOrders)}
     from (select coalesce($5::pg_snapshot, pg_current_snapshot()) as snapshot) as until
     left join lateral (${addedEvents}) as added on true
     order by part, xid, seq`,
    [partial?.xid ?? null, partial?.seq ?? null, running, xmax, until ? formatSnapshot(until) : null, limit, maxBytes],
  )
  const events = rows.flatMap(({ xid, ...row }) => (xid === null ? [] : [toEvent(row, Number(xid))]))
  return {
    events,
    isComplete: events.length < limit && events.length === (rows[0]?.found ?? 0),
    snapshot: readSnapshot(rows[0]?.snapshot ?? ''),
  }
}

const toEvent = ({ seq, id, order_id, event, customer_id, status }: Omit<Row, 'xid'>, xid: number): AddedEvent => ({
  xid,
  seq,
  id,
  orderId: order_id,
  customerId: customer_id,
  status,
  event: eventOf({ id, order_id, event }),
})

/** Postgres's text of a snapshot. */
const formatSnapshot = ({ xmax, running }: Snapshot): string => `${running[0] ?? xmax}:${xmax}:${running.join(',')}`

interface Found {
  readonly snapshot: Snapshot
  readonly event: EventKey | null
}

/** Reads the current snapshot and the first of the selected events. `event` is null if the selection has none. */
const findFirst = async (sql: Sql, selection: string, values: readonly number[] = []): Promise<Found> => {
  const [row] = await sql.query<{ snapshot: string; xid: string | null; seq: number; id: string }>(
    `select pg_current_snapshot()::text as snapshot, xid, seq, id
     from (select true) as once
     left join lateral (select xid, seq, id from order_event ${selection} limit 1) as found on true`,
    values,
  )
  return {
    snapshot: readSnapshot(row?.snapshot ?? ''),
    event: row && row.xid !== null ? { xid: Number(row.xid), seq: row.seq, id: row.id } : null,
  }
}

/** The position after all events that are visible now. */
export const readNewest = async (sql: Sql): Promise<Position> => {
  const { snapshot, event } = await findFirst(sql, 'order by xid desc, seq desc')
  return positionAt(start, snapshot, event)
}

/** The current snapshot, and the event at a position. Null if it is not stored. */
export const findEvent = (sql: Sql, { xid, seq }: Pick<EventKey, 'xid' | 'seq'>): Promise<Found> =>
  findFirst(sql, 'where (xid, seq) = ($1::xid8, $2::bigint)', [xid, seq])

interface RestoredBatch {
  /** The lowest number of a transaction whose events are moved, above 0. */
  readonly from: number
  /** The maximum number of events. */
  readonly limit: number
}

/**
 * Moves events to transaction 0, after a dump was restored into another cluster, where their numbers belong to other transactions.
 * Events that are visible although their transaction is not show that. Those with the highest numbers are moved last, so that the
 * first call after a crash continues. Returns the number of the last transaction, or null if no event is left to move. The next call
 * begins with it, because until a vacuum the index still has an entry before it for each event that was moved.
 */
export const adoptRestored = async (sql: Sql, { from, limit }: RestoredBatch): Promise<number | null> => {
  const [last] = await sql.query<{ xid: string }>(
    `with batch as (
       select order_id, id, xid from order_event where xid >= $1::xid8 and exists (
         select from order_event
         where xid >= greatest($1::xid8, pg_snapshot_xmin(pg_current_snapshot()))
           and not pg_visible_in_snapshot(xid, pg_current_snapshot())
       ) order by xid, seq limit $2
     ), moved as (
       update order_event set xid = '0' from batch
       where order_event.order_id = batch.order_id and order_event.id = batch.id
     )
     select xid from batch order by xid desc limit 1`,
    [from, limit],
  )
  return last ? Number(last.xid) : null
}
