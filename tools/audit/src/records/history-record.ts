import { readableJson, type Sql } from '@quadrille/postgres'
import type { Selection } from '../selection.ts'

/**
 * The traces of an order's events: the same for all, different ones (or none for some), or none for all.
 */
export type TraceKind = 'one' | 'several' | 'none'

/** An order's history in compact form. Money in minor units. */
export interface HistoryRecord {
  /**
   * Its events in the order of arrival at the order service: "OrderPlaced,OrderCancelled customer,…". A cancellation
   * has its reason, a notification its channel and occasion, a parcel its time. Many orders without parcels share few different
   * texts.
   */
  readonly eventList: string
  /** The dispatched parcels in the order of their times: "2026-11-26T19:30:00.000Z DHL 0034043, …". Null without parcels. */
  readonly parcels: string | null
  /** The amounts of PaymentProcessed and PaymentRefunded. 0 without such an event. */
  readonly captured: number
  readonly refunded: number
  /** The gateway reference of PaymentRefunded, or that of a refund by hand. Null without such an event. */
  readonly refundReference: string | null
  /** The time of a cancellation by expiry. Null without one. */
  readonly expiredAt: Date | null
  readonly trace: TraceKind
}

/** An event is parsed once, and its data only if needed, because parsing JSON takes most of the time here. */
export const readHistories = async (sql: Sql, { where, values }: Selection): Promise<Map<string, HistoryRecord>> => {
  const rows = await sql.query<HistoryRecord & { readonly orderId: string }>(
    `select order_id as "orderId", string_agg(concat_ws(' ', type, about), ',' order by seq) as "eventList",
            string_agg(concat_ws(' ', about, parcel), ', ' order by about) filter (where type = 'ShipmentDispatched') as parcels,
            coalesce(max(amount) filter (where type = 'PaymentProcessed'), 0) as captured,
            coalesce(max(amount) filter (where type = 'PaymentRefunded'), 0) as refunded,
            max(reference) as "refundReference",
            max(at) filter (where type = 'OrderCancelled' and about = 'expired') as "expiredAt",
            case when count(trace) = 0 then 'none'
                 when count(trace) = count(*) and min(trace collate "C") = max(trace collate "C") then 'one'
                 else 'several' end as trace
     from (
       select order_id, seq, type, substr(traceparent, 4, 32) as trace,
              case when type = 'OrderCancelled' then data->>'reason'
                   when type in ('NotificationSent', 'NotificationFailed')
                   then (data->>'channel') || ':' || (data->>'occasion')
                   when type = 'ShipmentDispatched' then data->>'at' end as about,
              case when type = 'ShipmentDispatched' then concat_ws(' ', data->>'carrier', data->>'trackingCode') end as parcel,
              case when type = 'OrderCancelled' then time::timestamptz end as at,
              case when type in ('PaymentProcessed', 'PaymentRefunded') then (data->>'amount')::bigint end as amount,
              case when type = 'PaymentRefunded' then data->>'gatewayReference' end as reference
       from order_event, json_to_record(${readableJson('event')}) as fields (type text, time text, traceparent text, data json)
       where ${where('order_id')}
     ) as event
     group by order_id`,
    values,
  )
  return new Map(rows.map(({ orderId, ...history }) => [orderId, history]))
}
