import type { Sql } from '@quadrille/postgres'
import type { Selection } from '../selection.ts'

/** An event of a history, as part of a trace. */
export interface TracedEvent {
  readonly id: string
  readonly type: string
  /** The reason of a cancellation. */
  readonly reason: string | null
  /** The id of the causing message: an event or an internal message. */
  readonly cause: string | null
  /** The id of its trace (W3C Trace Context, section 3.2). Null without one. */
  readonly trace: string | null
}

/** The events of each order in the order of their arrival at the order service. */
export const readTraces = async (
  sql: Sql,
  { where, values }: Selection,
): Promise<Map<string, readonly TracedEvent[]>> => {
  const rows = await sql.query<TracedEvent & { readonly orderId: string }>(
    `select order_id as "orderId", order_event.id, type, case when type = 'OrderCancelled' then data->>'reason' end as reason,
            causationid as cause, substr(traceparent, 4, 32) as trace
     from order_event, json_to_record(event) as fields (type text, causationid text, traceparent text, data json)
     where ${where('order_id')} order by order_id, seq`,
    values,
  )
  return Map.groupBy(rows, ({ orderId }) => orderId)
}
