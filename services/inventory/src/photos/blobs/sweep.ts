/** Deletes blobs that no photo needs: of uploads that failed before their commit, and of replaced and rejected photos. */
import { blobsOf, type Photo } from '../../domain/photo.ts'
import type { BlobStore, ListedBlob } from './blob-store.ts'

export interface SweepOptions {
  readonly blobs: Pick<BlobStore, 'list' | 'delete'>
  readonly findPhotos: (photoIds: readonly string[]) => Promise<readonly Photo[]>
  readonly nowMs: () => number
}

/**
 * The minimum age of a blob that is deleted, ms. An upload is committed, and an outcome stored, long before its blobs are that old.
 */
const minAgeMs = 3_600_000
/** How many blobs one run looks at. The next run continues after them. */
const maxPerRun = 1_000
/** How many photos one statement looks up. */
const stepSize = 100

/**
 * Returns the function that runs one step of the sweep and resolves to the number of deleted blobs. Several instances may sweep the
 * same store at a time. The blobs are listed before the photos are read, so a blob that is found without a photo has none.
 */
export const createSweep = ({ blobs, findPhotos, nowMs }: SweepOptions): (() => Promise<number>) => {
  let listing: AsyncIterator<ListedBlob> | undefined

  /** The next old blobs. Fewer than `count` at the end of the list. */
  const next = async (count: number): Promise<string[]> => {
    listing ??= blobs.list()[Symbol.asyncIterator]()
    const old: string[] = []
    for (let looked = 0; looked < count; looked += 1) {
      const found = await listing.next()
      if (found.done) {
        listing = undefined
        break
      }
      if (found.value.modifiedAtMs < nowMs() - minAgeMs) old.push(found.value.key)
    }
    return old
  }

  return async () => {
    let deleted = 0
    for (let looked = 0; looked < maxPerRun; looked += stepSize) {
      const keys = await next(stepSize)
      const needless = await needlessOf(keys, findPhotos)
      for (const key of needless) await blobs.delete(key)
      deleted += needless.length
      if (!listing) return deleted
    }
    return deleted
  }
}

/** A photo that is being processed may get further blobs at any time, so all of its blobs are kept. */
const needlessOf = async (keys: readonly string[], findPhotos: SweepOptions['findPhotos']): Promise<string[]> => {
  const folders = [...new Set(keys.map(folderOf))].filter(isPhotoId)
  const photos = folders.length > 0 ? await findPhotos(folders) : []
  const processing = new Set(photos.filter(({ status }) => status === 'processing').map(({ photoId }) => photoId))
  const needed = new Set(photos.flatMap(blobsOf))
  return keys.filter((key) => !needed.has(key) && !processing.has(folderOf(key)))
}

const folderOf = (key: string): string => key.split('/', 1)[0] ?? ''

const isPhotoId = (folder: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(folder)
