/** The resources of the photos of articles: the store of their blobs, the pool that processes them, and the job that deletes blobs. */
import { join } from 'node:path'
import type { Context, Job } from '@quadrille/service'
import type { Config } from './config.ts'
import { findPhotoFolder, findPhotos, findProgress, hasPhotos } from './db/photo-table.ts'
import type { BlobStore } from './photos/blobs/blob-store.ts'
import { folderStore } from './photos/blobs/folder.ts'
import { limitCalls } from './photos/blobs/limit-calls.ts'
import { createSweep } from './photos/blobs/sweep.ts'
import { createImagePool } from './photos/images/pool.ts'
import type { PhotoPorts } from './tasks/process-photo.ts'

export interface Photos extends PhotoPorts {
  readonly blobs: BlobStore
  /** Deletes the blobs that no photo needs. */
  readonly deleteBlobs: Job
}

export const openPhotos = ({ config, database }: Pick<Context<Config>, 'config' | 'database'>): Photos => {
  const { PHOTOS_DIR, PHOTO_WORKERS, PHOTO_PRIORITY } = config
  // The database names its folder, so that the sweep of another database with the same PHOTOS_DIR deletes none of its blobs.
  const locate = once(async () => join(PHOTOS_DIR, await findPhotoFolder(database)))
  const blobs = folderStore(locate, async () => !(await hasPhotos(database)), limitCalls())
  const sweep = createSweep({ blobs, findPhotos: (photoIds) => findPhotos(database, photoIds) })
  return {
    blobs,
    images: createImagePool({ locate, maxProcesses: PHOTO_WORKERS, priority: PHOTO_PRIORITY }),
    findProgress: (photoId) => findProgress(database, photoId),
    deleteBlobs: {
      name: 'delete blobs that no photo needs',
      everyMs: 60_000,
      run: async (signal) => void (await sweep(signal)),
    },
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
