/** The work on one photo in a worker process: checks the stored bytes, renders them, and stores the results. */
import { createHash } from 'node:crypto'
import type { PhotoBlob, PhotoRejection, PhotoVariant } from '@quadrille/events'
import type { BlobStore } from '../blobs/blob-store.ts'
import { render, Unusable } from './render.ts'

export interface PhotoToRender {
  readonly photoId: string
  readonly blob: PhotoBlob
}

/** The final result for a photo. */
export type RenderResult =
  | { readonly status: 'ready'; readonly variants: PhotoVariant[] }
  | { readonly status: 'rejected'; readonly reason: PhotoRejection }

/** @throws if the store fails. */
export const renderPhoto = async (store: BlobStore, { photoId, blob }: PhotoToRender): Promise<RenderResult> => {
  const bytes = await read(store, blob)
  if (bytes === 'lost' || bytes === 'altered') return { status: 'rejected', reason: bytes }
  try {
    const rendered = await render(bytes, blob.mediaType)
    const variants: PhotoVariant[] = []
    for (const { bytes: image, ...size } of rendered) {
      // By its content, so that two runs never write different bytes to one key.
      const key = `${photoId}/${hashOf(image)}.webp`
      variants.push({ ...size, key, ...(await store.put(key, [image])) })
    }
    return { status: 'ready', variants }
  } catch (error) {
    if (error instanceof Unusable) return { status: 'rejected', reason: error.reason }
    throw error
  }
}

const read = async (store: BlobStore, { key, size, sha256 }: PhotoBlob): Promise<Buffer | 'lost' | 'altered'> => {
  const bytes = await store.read(key, size)
  if (!bytes) return 'lost'
  return hashOf(bytes) === sha256 ? bytes : 'altered'
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
