import type { Sql } from '@quadrille/postgres'
import type { Selection } from '../selection.ts'

/** An event of a history, as part of a trace. */
export interface TracedEvent {
  readonly id: string
  readonly type: string
  /** The reason of a cancellation. */
  readonly reason: string | null
  /** The id of the message that made it so: an event, or something that is said within a service only. */
  readonly cause: string | null
  /** The id of its trace; null where it carries none. */
  readonly trace: string | null
}

/** The events of each order in the order in which the order service learnt of them. */
export const readTraces = async (
  sql: Sql,
  { where, values }: Selection,
): Promise<Map<string, readonly TracedEvent[]>> => {
  const rows = await sql.query<TracedEvent & { readonly orderId: string }>(
    `select order_id as "orderId", id, event->>'type' as type, event#>>'{data,reason}' as reason,
            event->>'causationid' as cause, ${traceId} as trace
     from order_event where ${where('order_id')} order by order_id, seq`,
    values,
  )
  return Map.groupBy(rows, ({ orderId }) => orderId)
}

/** An SQL expression: the id of the trace of an event (W3C Trace Context, section 3.2); null where it carries none. */
export const traceId = `substr(event->>'traceparent', 4, 32)`
