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
  /** The id of its trace (W3C Trace Context, section 3.2); null where it carries none. */
  readonly trace: string | null
}

/** The events of each order in the order in which the order service learnt of them. */
export const readTraces = async (
  sql: Sql,
  { where, values }: Selection,
): Promise<Map<string, readonly TracedEvent[]>> => {
  const rows = await sql.query<TracedEvent & { readonly orderId: string }>(
    `select order_id as "orderId", order_event.id, type, case when type = 'OrderCancelled' then data->>'reason' end as reason,
            causationid as cause, substr(traceparent, 4, 32) as trace
     from order_event,
          json_to_record(event) as said (type text, causationid text, traceparent text, data json)
     where ${where('order_id')} order by order_id, seq`,
    values,
  )
  return Map.groupBy(rows, ({ orderId }) => orderId)
}
