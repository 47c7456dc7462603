/** Deletes blobs that no photo needs: those of uploads that failed before their commit, and those of replaced and rejected photos. */
import { blobsOf, type Photo } from '../../domain/photo.ts'
import type { BlobStore, ListedBlob } from './blob-store.ts'

export interface SweepOptions {
  readonly blobs: Pick<BlobStore, 'list' | 'delete'>
  readonly findPhotos: (photoIds: readonly string[]) => Promise<readonly Photo[]>
}

/**
 * The minimum age of a blob that is deleted, ms. An upload is committed, and an outcome stored, long before its blobs are that old.
 * The blobs of rejected photos are deleted at any age, because a rejection is final.
 */
const minAgeMs = 3_600_000
/** How many blobs one run looks at. The next run continues after them. */
const maxPerRun = 10_000
/** How many photos one statement looks up. */
const stepSize = 100

/**
 * Returns the function that runs one step of the sweep and resolves to the number of deleted blobs. It ends early when `signal`
 * aborts. Several instances may sweep the same store at a time. The blobs are listed before the photos are read, so a blob that is
 * found without a photo has none.
 */
export const createSweep = ({ blobs, findPhotos }: SweepOptions): ((signal?: AbortSignal) => Promise<number>) => {
  let listing: AsyncIterator<ListedBlob> | undefined

  /** The next blobs. Fewer than `count` at the end of the list. */
  const next = async (count: number): Promise<ListedBlob[]> => {
    listing ??= blobs.list()[Symbol.asyncIterator]()
    const listed: ListedBlob[] = []
    for (let looked = 0; looked < count; looked += 1) {
      const found = await listing.next()
      if (found.done) {
        listing = undefined
        break
      }
      listed.push(found.value)
    }
    return listed
  }

  return async (signal) => {
    let deleted = 0
    for (let looked = 0; looked < maxPerRun && !signal?.aborted; looked += stepSize) {
      const listed = await next(stepSize)
      const needless = await needlessOf(listed, findPhotos)
      for (const key of needless) await blobs.delete(key)
      deleted += needless.length
      if (!listing) return deleted
    }
    return deleted
  }
}

/** A photo that is being processed may get further blobs at any time, so all of its blobs are kept. */
const needlessOf = async (listed: readonly ListedBlob[], findPhotos: SweepOptions['findPhotos']): Promise<string[]> => {
  const folders = [...new Set(listed.map(({ key }) => folderOf(key)))].filter(isPhotoId)
  const photos = folders.length > 0 ? await findPhotos(folders) : []
  const statuses = new Map(photos.map(({ photoId, status }) => [photoId, status]))
  const needed = new Set(photos.flatMap(blobsOf))
  const isNeedless = (blob: ListedBlob): boolean => {
    const status = statuses.get(folderOf(blob.key))
    if (status === 'rejected') return true
    return blob.ageMs > minAgeMs && status !== 'processing' && !needed.has(blob.key)
  }
  return listed.filter(isNeedless).map(({ key }) => key)
}

const folderOf = (key: string): string => key.split('/', 1)[0] ?? ''

const isPhotoId = (folder: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(folder)
