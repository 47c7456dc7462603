/**
 * Inventory: holds stock for orders that are placed and paid, releases it when an order is cancelled, and never
 * oversells.
 */
import { shop } from '@quadrille/events'
import { defineService, retentionJob } from '@quadrille/service'
import { stockLevels } from './answers/stock-levels.ts'
import { config } from './config.ts'
import { findHandled } from './db/handled.ts'
import { deleteReceiptAnswers } from './db/receipt-answer-table.ts'
import { tables } from './db/tables.ts'
import { getReservation } from './http/get-reservation.ts'
import { getStock } from './http/get-stock.ts'
import { getAllStock } from './http/list-stock.ts'
import { postReceipt } from './http/post-receipt.ts'
import { putStock } from './http/put-stock.ts'
import { orderCancelled } from './reactions/order-cancelled.ts'
import { orderFulfilled } from './reactions/order-fulfilled.ts'
import { orderPlaced } from './reactions/order-placed.ts'
import { paymentProcessed } from './reactions/payment-processed.ts'
import { restoreReactions } from './reactions/restore.ts'
import { seedDemo } from './seed.ts'

export const inventory = defineService({
  language: shop,
  model: shop.services.inventory,
  config,
  migrations: { directory: new URL('../migrations/', import.meta.url), table: 'inventory_migration' },
  tables,
  reactions: {
    OrderPlaced: orderPlaced,
    PaymentProcessed: paymentProcessed,
    OrderFulfilled: orderFulfilled,
    OrderCancelled: orderCancelled,
    ...restoreReactions,
  },
  lingering: ['OrderPlaced', 'OrderFulfilled'], // stock is reserved when the payment arrives
  wire: (context) => ({
    prepare: async () => {
      if (context.config.SEED === 'demo') await seedDemo(context.database)
    },
    handled: findHandled(context.database),
    answers: { StockLevels: stockLevels(context.database) },
    routes: [
      getAllStock(context.database),
      getStock(context.database),
      putStock(context.database),
      postReceipt(context.database),
      getReservation(context.database),
    ],
    jobs: [
      retentionJob('idempotency keys', (limit) =>
        deleteReceiptAnswers(context.database, context.config.IDEMPOTENCY_TTL, limit),
      ),
    ],
  }),
})
