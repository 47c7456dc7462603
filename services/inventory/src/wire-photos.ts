/** The photos of articles: their store, the processes that process them, their routes, and the end of those that no article needs. */
import { join } from 'node:path'
import type { Draft } from '@quadrille/events'
import { type Context, retentionJob } from '@quadrille/service'
import type { Config } from './config.ts'
import { deleteReplacedPhotos, findPhotoFolder, findPhotos, findWork } from './db/photo-table.ts'
import type { InventoryState } from './domain/reservation.ts'
import { getStockPhoto } from './http/get-stock-photo.ts'
import { getUpload } from './http/get-upload.ts'
import { putPhoto } from './http/put-photo.ts'
import { folderStore } from './photos/blobs/folder.ts'
import { createSweep } from './photos/blobs/sweep.ts'
import { createImagePool } from './photos/images/pool.ts'
import { processPhoto } from './tasks/process-photo.ts'

export const wirePhotos = (context: Context<Config, Draft<'PhotoUploaded'>, InventoryState>) => {
  const { database } = context
  const { PHOTOS_DIR, PHOTO_WORKERS, PHOTO_PRIORITY } = context.config
  // The database names its folder, so that the sweep of another database with the same PHOTOS_DIR deletes none of its blobs.
  const locate = once(async () => join(PHOTOS_DIR, await findPhotoFolder(database)))
  const blobs = folderStore(locate)
  const images = createImagePool({ locate, maxProcesses: PHOTO_WORKERS, priority: PHOTO_PRIORITY })
  const sweep = createSweep({
    blobs,
    findPhotos: (photoIds) => findPhotos(database, photoIds),
    nowMs: Date.now, // file times are those of the machine
  })
  return {
    work: {
      tasks: { ProcessPhoto: processPhoto({ findWork: (photoId) => findWork(database, photoId), images }) },
      concurrency: PHOTO_WORKERS,
    },
    routes: [putPhoto(context, blobs), getStockPhoto(database, blobs), getUpload(database)],
    jobs: [
      retentionJob('photos', (limit) => deleteReplacedPhotos(database, limit)),
      { name: 'delete blobs that no photo needs', everyMs: 60_000, run: async () => void (await sweep()) },
    ],
  }
}

/** The same function, but it finds only once. After a failure it tries again. */
const once = (find: () => Promise<string>): (() => Promise<string>) => {
  let found: string | undefined
  return async () => {
    found ??= await find()
    return found
  }
}
