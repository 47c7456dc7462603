/** The statements read only the rows of their orders and SKUs, in small and in large tables. Connections keep their plans. */
import { newOrderId } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { describePlans } from '@quadrille/testing/plans'
import {
  deleteReplacedPhotos,
  findLastPhoto,
  findPhotos,
  findProgress,
  findServedPhoto,
  lockPhotos,
} from '../src/db/photo-table.ts'
import {
  findReservations,
  insertReservations,
  lockReservations,
  updateReservations,
} from '../src/db/reservation-table.ts'
import { findStock, findStockPage, lockClaimedStock, lockStock, moveStock, updateStock } from '../src/db/stock-table.ts'
import { inventory } from '../src/service.ts'

const fillUpTo = async (database: Database, count: number) => {
  await database.query(
    `insert into reservation (order_id, status, lines)
     select gen_random_uuid(), 'committed', jsonb_build_array(jsonb_build_object('sku', 'sku-' || n, 'quantity', 1))
     from generate_series((select count(*) + 1 from reservation), $1::integer) as n`,
    [count],
  )
  await database.query(
    `insert into stock (sku, on_hand, reserved)
     select 'sku-' || n, 1, 0 from generate_series((select count(*) + 1 from stock), $1::integer) as n`,
    [count],
  )
  await database.query(
    `insert into photo (photo_id, sku, status, original, variants, updated_at)
     select gen_random_uuid(), 'sku-' || n, case when waits then 'processing' else 'ready' end, '{}',
       case when waits then null else '[]'::jsonb end, now() - n * interval '1 hour'
     from generate_series((select count(*) + 1 from photo), $1::integer) as n, lateral (select n % 10 = 0 as waits) as status`,
    [count],
  )
}

const orderId = newOrderId()
const lines = [{ orderId, sku: 'sku-1' }]

describePlans({
  migrations: inventory.migrations,
  fillUpTo,
  run: [
    (sql, claimedSql) => lockReservations(sql, claimedSql),
    (sql) => findReservations(sql, [orderId]),
    (sql) => lockStock(sql, ['sku-1']),
    (sql, claimedSql) => lockClaimedStock(sql, lines, { claimedSql, waits: true }),
    (sql, claimedSql) => lockClaimedStock(sql, lines, { claimedSql, waits: false }),
    (sql) => moveStock(sql, [{ sku: 'sku-1', kind: 'receipt', quantity: 1 }]),
    (sql) => findStock(sql, 'sku-1'),
    (sql) => findStockPage(sql, 'sku-1', 50),
    (sql, claimedSql) => lockPhotos(sql, claimedSql),
    (sql) => findPhotos(sql, [orderId]),
    (sql) => findServedPhoto(sql, 'sku-1'),
    (sql) => findLastPhoto(sql, 'sku-1'),
    (sql) => findProgress(sql, orderId),
    (sql) => deleteReplacedPhotos(sql, 100),
  ],
  statements: [insertReservations([]), updateReservations([]), updateStock([])],
})
