/**
 * Inventory: holds stock for orders that are placed and paid, releases it when an order is cancelled, and never
 * oversells. It also keeps the photos of the articles.
 */
import { join } from 'node:path'
import { shop } from '@quadrille/events'
import { defineService, retentionJob } from '@quadrille/service'
import { stockLevels } from './answers/stock-levels.ts'
import { config } from './config.ts'
import { countPhotos } from './count-photos.ts'
import { findHandled } from './db/handled.ts'
import { deleteReplacedPhotos, findPhotoFolder, findPhotos, findWork } from './db/photo-table.ts'
import { deleteReceiptAnswers } from './db/receipt-answer-table.ts'
import { tables } from './db/tables.ts'
import { getPhoto } from './http/get-photo.ts'
import { getReservation } from './http/get-reservation.ts'
import { getServedPhoto } from './http/get-served-photo.ts'
import { getStock } from './http/get-stock.ts'
import { getAllStock } from './http/list-stock.ts'
import { postReceipt } from './http/post-receipt.ts'
import { putPhoto } from './http/put-photo.ts'
import { putStock } from './http/put-stock.ts'
import { folderStore } from './photos/blobs/folder.ts'
import { createSweep } from './photos/blobs/sweep.ts'
import { createImagePool } from './photos/images/pool.ts'
import { orderCancelled } from './reactions/order-cancelled.ts'
import { orderFulfilled } from './reactions/order-fulfilled.ts'
import { orderPlaced } from './reactions/order-placed.ts'
import { paymentProcessed } from './reactions/payment-processed.ts'
import { photoProcessed } from './reactions/photo-processed.ts'
import { photoRejected } from './reactions/photo-rejected.ts'
import { photoUploaded } from './reactions/photo-uploaded.ts'
import { restoreReactions } from './reactions/restore.ts'
import { seedDemo } from './seed.ts'
import { processPhoto } from './tasks/process-photo.ts'

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
    PhotoUploaded: photoUploaded,
    PhotoProcessed: photoProcessed,
    PhotoRejected: photoRejected,
  },
  lingering: ['OrderPlaced', 'OrderFulfilled'], // stock is reserved when the payment arrives
  count: countPhotos,
  wire: (context) => {
    const { database } = context
    const { SEED, IDEMPOTENCY_TTL, PHOTOS_DIR, PHOTO_WORKERS, PHOTO_PRIORITY } = context.config
    const locate = locator(async () => join(PHOTOS_DIR, await findPhotoFolder(database)))
    const blobs = folderStore(locate)
    const photos = {
      findWork: (photoId: string) => findWork(database, photoId),
      images: createImagePool({ locate, maxProcesses: PHOTO_WORKERS, priority: PHOTO_PRIORITY }),
    }
    const sweep = createSweep({ blobs, findPhotos: (photoIds) => findPhotos(database, photoIds), nowMs: Date.now })
    return {
      work: { 'inventory.tasks': { tasks: { ProcessPhoto: processPhoto(photos) }, concurrency: PHOTO_WORKERS } },
      prepare: async () => {
        if (SEED === 'demo') await seedDemo(database)
      },
      handled: findHandled(database),
      answers: { StockLevels: stockLevels(database) },
      routes: [
        getAllStock(database),
        getStock(database),
        putStock(database),
        postReceipt(database),
        putPhoto(context, blobs),
        getServedPhoto(database, blobs),
        getPhoto(database),
        getReservation(database),
      ],
      jobs: [
        retentionJob('idempotency keys', (limit) => deleteReceiptAnswers(database, IDEMPOTENCY_TTL, limit)),
        retentionJob('photos', (limit) => deleteReplacedPhotos(database, limit)),
        { name: 'delete the blobs of no photo', everyMs: 60_000, run: async () => void (await sweep()) },
      ],
    }
  },
})

/** The same, but finds only once. */
const locator = (find: () => Promise<string>): (() => Promise<string>) => {
  let found: string | undefined
  return async () => {
    found ??= await find()
    return found
  }
}
