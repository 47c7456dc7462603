import type { Sql } from '@quadrille/postgres'

interface NotificationRow {
  readonly orderId: string
  readonly results: readonly string[]
}

/** What became of each order's notifications, as "email:order_placed:sent". */
export const readNotifications = async (sql: Sql): Promise<Map<string, readonly string[]>> => {
  const rows = await sql.query<NotificationRow>(
    `select order_id as "orderId", array_agg(concat_ws(':', channel, occasion, status)) as results
     from notification group by order_id`,
  )
  return new Map(rows.map(({ orderId, results }) => [orderId, results]))
}
