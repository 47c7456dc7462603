/** The statements read only the rows of their orders, in small and in large tables. Connections keep their plans. */
import { newOrderId } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { describePlans } from '@quadrille/testing/plans'
import {
  countOpenShipments,
  findParcels,
  findShipment,
  findShipmentPage,
  findShipped,
  findTrace,
  insertParcels,
  insertShipments,
  lockShipments,
  updateShipments,
} from '../src/db/shipment-table.ts'
import { shipping } from '../src/service.ts'

/** One of a hundred orders is dispatched. */
const fillUpTo = (database: Database, count: number) =>
  database.query(
    `with fresh as (
       insert into shipment (order_id, status)
       select gen_random_uuid(), case n % 100 when 0 then 'dispatched' else 'open' end
       from generate_series((select count(*) + 1 from shipment), $1::integer) as n
       returning order_id, status
     )
     insert into parcel (id, order_id, carrier, tracking_code, at, idempotency_key)
     select gen_random_uuid(), order_id, 'DHL', '1', now(), order_id from fresh where status = 'dispatched'`,
    [count],
  )

const orderId = newOrderId()
const page = { before: orderId, limit: 50 }

describePlans({
  migrations: shipping.migrations,
  fillUpTo,
  run: [
    (sql, claimedSql) => lockShipments(sql, claimedSql),
    (sql, claimedSql) => findParcels(sql, claimedSql, ['a']),
    (sql) => countOpenShipments(sql, 10_000),
    (sql) => findTrace(sql, orderId),
    (sql) => findShipped(sql, [orderId]),
    (sql) => findShipment(sql, orderId),
    (sql) => findShipmentPage(sql, { ...page, status: null }),
    (sql) => findShipmentPage(sql, { ...page, status: 'open' }),
    (sql) => findShipmentPage(sql, { ...page, status: 'dispatched' }),
  ],
  statements: [insertShipments([]), updateShipments([]), insertParcels([])],
})
