/** The statements read only the rows of their orders, in small and in large tables. Connections keep their plans. */
import { newOrderId } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { describePlans } from '@quadrille/testing/plans'
import { insertAddressees, lockAddressees, updateAddressees } from '../src/db/addressee-table.ts'
import {
  findNotifications,
  findPending,
  findWaiting,
  insertNotifications,
  leaseNotifications,
  releaseNotifications,
  updateNotifications,
} from '../src/db/notification-table.ts'
import { notification } from '../src/service.ts'

const fillUpTo = async (database: Database, count: number) => {
  const orders = `select gen_random_uuid() as id from generate_series((select count(*) + 1 from addressee), $1::integer)`
  await database.query(`insert into addressee (order_id, occasions) select id, '{}' from (${orders}) as orders`, [
    count,
  ])
  await database.query(
    `insert into notification (order_id, channel, occasion, status, attempts)
     select order_id, 'email', 'order_placed', 'sent', 1 from addressee on conflict do nothing`,
  )
}

const key = { orderId: newOrderId(), channel: 'email', occasion: 'order_placed' } as const

describePlans({
  migrations: notification.migrations,
  fillUpTo,
  run: [
    (sql, claimedSql) => lockAddressees(sql, claimedSql),
    (sql, claimedSql) => findNotifications(sql, claimedSql),
    (sql) => leaseNotifications(sql, [key], 1_000),
    (sql) => findPending(sql, [key]),
    (sql) => findWaiting(sql, [key.orderId], ['email']),
    (sql) => releaseNotifications(sql, [{ ...key, until: 'now' }]),
  ],
  statements: [insertAddressees([]), updateAddressees([]), insertNotifications([]), updateNotifications([])],
})
