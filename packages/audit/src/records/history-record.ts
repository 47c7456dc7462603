import type { Sql } from '@quadrille/postgres'

/** An event in an order's history. */
export interface EventRecord {
  readonly type: string
  /** The reason of a cancellation, the amount of a payment, or channel and occasion of a notification; otherwise empty. */
  readonly about: string
}

interface HistoryRow {
  readonly orderId: string
  readonly types: readonly string[]
  readonly abouts: readonly string[]
}

/** The histories of all orders, each in the order in which the order service learnt of the events. */
export const readHistories = async (sql: Sql): Promise<Map<string, EventRecord[]>> => {
  const rows = await sql.query<HistoryRow>(
    `select order_id as "orderId", array_agg(type order by seq) as types, array_agg(about order by seq) as abouts
     from (
       select order_id, seq, said->>'type' as type,
              coalesce(said#>>'{data,reason}', said#>>'{data,amount}',
                       (said#>>'{data,channel}') || ':' || (said#>>'{data,occasion}'), '') as about
       from (select order_id, seq, event::jsonb as said from order_event offset 0) as parsed_once
     ) as event
     group by order_id`,
  )
  return new Map(
    rows.map(({ orderId, types, abouts }) => [
      orderId,
      types.map((type, index) => ({ type, about: abouts[index] ?? '' })),
    ]),
  )
}
