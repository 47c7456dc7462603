/**
 * Inventory: holds stock for orders that are placed and paid, releases it when an order is cancelled, and never
 * oversells. It also keeps the photos of the articles.
 */
import { shop } from '@quadrille/events'
import { defineService, retentionJob } from '@quadrille/service'
import { stockLevels } from './answers/stock-levels.ts'
import { config } from './config.ts'
import { countPhotos } from './count-photos.ts'
import { findHandled } from './db/handled.ts'
import { deleteReceiptAnswers } from './db/receipt-answer-table.ts'
import { tables } from './db/tables.ts'
import { getReservation } from './http/get-reservation.ts'
import { getStock } from './http/get-stock.ts'
import { listStock } from './http/list-stock.ts'
import { postReceipt } from './http/post-receipt.ts'
import { putStock } from './http/put-stock.ts'
import { orderCancelled } from './reactions/order-cancelled.ts'
import { orderFulfilled } from './reactions/order-fulfilled.ts'
import { orderPlaced } from './reactions/order-placed.ts'
import { paymentProcessed } from './reactions/payment-processed.ts'
import { photoReactions } from './reactions/photos.ts'
import { restoreReactions } from './reactions/restore.ts'
import { seedDemo } from './seed.ts'
import { states } from './states.ts'
import { wirePhotos } from './wire-photos.ts'

export const inventory = defineService({
  language: shop,
  model: shop.services.inventory,
  config,
  migrations: { directory: new URL('../migrations/', import.meta.url), table: 'inventory_migration' },
  tables,
  states, // for POST /states
  reactions: {
    OrderPlaced: orderPlaced,
    PaymentProcessed: paymentProcessed,
    OrderFulfilled: orderFulfilled,
    OrderCancelled: orderCancelled,
    ...photoReactions,
    ...restoreReactions, // its own events, which reconciliation delivers after a restore
  },
  // They may wait to share a transaction: stock is reserved only when the payment arrives, and a commit frees none.
  lingering: ['OrderPlaced', 'OrderFulfilled'],
  count: countPhotos, // for metrics
  wire: (context) => {
    const { database } = context
    const { SEED, IDEMPOTENCY_TTL } = context.config
    const photos = wirePhotos(context)
    return {
      work: { 'inventory.tasks': photos.work },
      prepare: async () => {
        if (SEED === 'demo') await seedDemo(database)
      },
      answers: { StockLevels: stockLevels(database) },
      handled: findHandled(database), // from its state, which is kept longer than the inbox
      routes: [
        listStock(database),
        getStock(database),
        putStock(database),
        postReceipt(database),
        ...photos.routes,
        getReservation(database),
      ],
      jobs: [
        retentionJob('idempotency keys', (limit) => deleteReceiptAnswers(database, IDEMPOTENCY_TTL, limit)),
        ...photos.jobs,
      ],
    }
  },
})
