/**
 * Inventory: holds stock for orders that are placed and paid, releases it when an order is cancelled, and never
 * oversells. It also keeps the photos of the articles.
 */
import { shop } from '@quadrille/events'
import { defineService, retentionJob } from '@quadrille/service'
import { stockLevels } from './answers/stock-levels.ts'
import { config } from './config.ts'
import { countPhotos } from './count-photos.ts'
import { findHandledEvents } from './db/find-handled-events.ts'
import { deleteFirstResponses } from './db/idempotency-table.ts'
import { deleteReplacedPhotos } from './db/photo-table.ts'
import { tables } from './db/tables.ts'
import { getReservation } from './http/get-reservation.ts'
import { getStock } from './http/get-stock.ts'
import { getStockPhoto } from './http/get-stock-photo.ts'
import { getUpload } from './http/get-upload.ts'
import { listStock } from './http/list-stock.ts'
import { postReceipt } from './http/post-receipt.ts'
import { putPhoto } from './http/put-photo.ts'
import { putStock } from './http/put-stock.ts'
import { openPhotos } from './open-photos.ts'
import { orderCancelled, orderFulfilled } from './reactions/endings.ts'
import { photoProcessed, photoRejected, photoUploaded } from './reactions/photos.ts'
import { orderPlaced, paymentProcessed } from './reactions/reservation.ts'
import * as restore from './reactions/restore.ts'
import { seedDemo } from './seed.ts'
import { statesFromEvents } from './states-from-events.ts'
import { processPhoto } from './tasks/process-photo.ts'

export const inventory = defineService({
  language: shop,
  model: shop.services.inventory,
  config,
  migrations: new URL('../migrations/', import.meta.url),
  tables,
  statesFromEvents,
  // → the events and tasks that may follow, as the model in packages/events/src/choreography.ts says
  reactions: {
    // events of order and payment
    OrderPlaced: orderPlaced, // → InventoryReserved, InventoryRejected
    PaymentProcessed: paymentProcessed, // → InventoryReserved, InventoryRejected
    OrderFulfilled: orderFulfilled,
    OrderCancelled: orderCancelled, // → InventoryReleased
    // requests by HTTP
    PhotoUploaded: photoUploaded, // → ProcessPhoto
    // outcomes of its tasks
    PhotoProcessed: photoProcessed,
    PhotoRejected: photoRejected,
    // its own events, which reconciliation delivers after a restore
    InventoryReserved: restore.inventoryReserved,
    InventoryRejected: restore.inventoryRejected,
    InventoryReleased: restore.inventoryReleased,
  },
  // These events may wait to share a transaction: a reservation usually waits for the payment, and `OrderFulfilled` makes no
  // stock available.
  lingering: ['OrderPlaced', 'OrderFulfilled'],
  wire: (context) => {
    context.afterCommit(countPhotos(context.registry))
    const { database, clock } = context
    const { SEED, IDEMPOTENCY_TTL, PHOTO_WORKERS } = context.config
    const photos = openPhotos(context)
    return {
      work: {
        'inventory.tasks': {
          tasks: {
            ProcessPhoto: processPhoto(photos), // → PhotoProcessed, PhotoRejected
          },
          concurrency: PHOTO_WORKERS,
        },
      },
      prepare: async () => {
        if (SEED === 'demo') await seedDemo(database)
      },
      answers: { StockLevels: stockLevels(database) },
      findHandledEvents: findHandledEvents(database),
      routes: [
        listStock(database),
        getStock(database),
        putStock(database),
        postReceipt(database),
        putPhoto(context, photos.blobs),
        getStockPhoto(database, photos.blobs),
        getUpload(database),
        getReservation(database),
      ],
      jobs: [
        retentionJob('idempotency keys', clock, (limit) =>
          deleteFirstResponses(database, { olderThanMs: IDEMPOTENCY_TTL, limit }),
        ),
        retentionJob('photos', clock, (limit) => deleteReplacedPhotos(database, limit)),
        photos.deleteBlobs,
      ],
    }
  },
})
