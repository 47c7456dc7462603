import type { Sql } from '@quadrille/postgres'
import { isLate } from '../late-after.ts'
import type { Selection } from '../selection.ts'

/** The notifications of an order. */
export interface NotificationRecord {
  /** "email:order_fulfilled:sent, email:order_placed:pending". */
  readonly results: string
  /** The time since the last of them was sent or has failed, ms. Null while all are pending. */
  readonly unchangedMs: number | null
  /** None has been sent or has failed for so long that no message about it should be in transit. */
  readonly late: boolean
}

/** By order id. */
export const readNotifications = async (
  sql: Sql,
  { where, values }: Selection,
): Promise<Map<string, NotificationRecord>> => {
  const rows = await sql.query<NotificationRecord & { readonly orderId: string }>(
    `select order_id as "orderId", string_agg(result, ', ' order by result collate "C") as results,
            1000 * extract(epoch from now() - max(ended_at))::float as "unchangedMs",
            coalesce(${isLate('max(ended_at)')}, true) as late
     from (select order_id, concat_ws(':', channel, occasion, status) as result,
                  case when status <> 'pending' then at end as ended_at
           from notification where ${where('order_id')}) as notification_result
     group by order_id`,
    values,
  )
  return new Map(rows.map((row) => [row.orderId, row]))
}
