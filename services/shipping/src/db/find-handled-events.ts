import type { Sql } from '@quadrille/postgres'
import type { FindHandled } from '@quadrille/service'
import { findShipped } from './shipment-table.ts'

/** An order with a shipment has handled its only event. The shipment is kept longer than the inbox row. */
export const findHandledEvents =
  (sql: Sql): FindHandled =>
  async (orderIds) =>
    new Map((await findShipped(sql, orderIds)).map((orderId) => [orderId, ['OrderFulfilled']]))
