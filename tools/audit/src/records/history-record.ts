import type { Sql } from '@quadrille/postgres'
import type { Selection } from '../selection.ts'
import { linesHash } from './lines-hash.ts'

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
  /**
   * The events whose currency, amount or ordered goods differ from those of the order: "PaymentProcessed of 4400 EUR, …". Null if all
   * agree.
   */
  readonly differing: string | null
  /** Hashes of the goods in InventoryReserved and InventoryReleased. Null without such an event. */
  readonly reservedLines: string | null
  readonly releasedLines: string | null
  /** The gateway reference of PaymentProcessed. Null without such an event. */
  readonly chargeReference: string | null
  /** The gateway reference of PaymentRefunded, or that of a refund by hand. Null without such an event. */
  readonly refundReference: string | null
  /** The time of a cancellation by expiry. Null without one. */
  readonly expiredAt: Date | null
  readonly trace: TraceKind
}

/** An event and its data are parsed once each, because parsing JSON takes most of the time here. */
export const readHistories = async (sql: Sql, { where, values }: Selection): Promise<Map<string, HistoryRecord>> => {
  const rows = await sql.query<HistoryRecord & { readonly orderId: string }>(
    `select order_id as "orderId", string_agg(concat_ws(' ', type, about), ',' order by seq) as "eventList",
            string_agg(concat_ws(' ', about, parcel), ', ' order by about) filter (where type = 'ShipmentDispatched') as parcels,
            string_agg(concat_ws(' of ', type, amount), ', ' order by seq) filter (where differs) as differing,
            max(goods) filter (where type = 'InventoryReserved') as "reservedLines",
            max(goods) filter (where type = 'InventoryReleased') as "releasedLines",
            max(reference) filter (where type = 'PaymentProcessed') as "chargeReference",
            max(reference) filter (where type = 'PaymentRefunded') as "refundReference",
            max(at) filter (where type = 'OrderCancelled' and about = 'expired') as "expiredAt",
            case when count(trace) = 0 then 'none'
                 when count(trace) = count(*) and min(trace collate "C") = max(trace collate "C") then 'one'
                 else 'several' end as trace
     from (
       select order_id, seq, type, substr(traceparent, 4, 32) as trace,
              case when type = 'OrderCancelled' then reason
                   when type in ('NotificationSent', 'NotificationFailed') then channel || ':' || occasion
                   when type = 'ShipmentDispatched' then content.at end as about,
              case when type = 'ShipmentDispatched' then concat_ws(' ', carrier, "trackingCode") end as parcel,
              case when type = 'OrderCancelled' then time::timestamptz end as at,
              case when type in ('InventoryReserved', 'InventoryReleased') then ${linesHash} end as goods,
              "gatewayReference" as reference, coalesce(amount, total) || ' ' || currency as amount,
              case when type in ('OrderPlaced', 'OrderFulfilled', 'OrderCancelled')
                   then (currency, total, lines) is distinct from (ordered_currency, ordered_total, ordered_lines)
                   when type in ('PaymentProcessed', 'PaymentDeclined', 'PaymentRefunded', 'PaymentRefundFailed')
                   then (currency, amount) is distinct from (ordered_currency, ordered_total) end as differs
       from order_event
       cross join json_to_record(event) as fields (type text, time text, traceparent text, data json)
       cross join json_to_record(case json_typeof(data) when 'object' then data end) as content (
         reason text, channel text, occasion text, at text, carrier text, "trackingCode" text, currency text, total text, amount text,
         "gatewayReference" text, lines jsonb
       )
       left join (
         select id as ordered_id, currency as ordered_currency, total::text as ordered_total, lines as ordered_lines
         from customer_order where ${where('id')}
       ) as ordered on ordered_id = order_id
       where ${where('order_id')}
     ) as event
     group by order_id`,
    values,
  )
  return new Map(rows.map(({ orderId, ...history }) => [orderId, history]))
}
