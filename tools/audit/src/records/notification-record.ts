import type { Sql } from '@quadrille/postgres'
import type { Selection } from '../selection.ts'

interface NotificationRow {
  readonly orderId: string
  readonly results: string
}

/** The results of each order's notifications: "email:order_fulfilled:sent, email:order_placed:sent". */
export const readNotifications = async (sql: Sql, { where, values }: Selection): Promise<Map<string, string>> => {
  const rows = await sql.query<NotificationRow>(
    `select order_id as "orderId", string_agg(result, ', ' order by result collate "C") as results
     from (select order_id, concat_ws(':', channel, occasion, status) as result
           from notification where ${where('order_id')}) as notification_result
     group by order_id`,
    values,
  )
  return new Map(rows.map(({ orderId, results }) => [orderId, results]))
}
