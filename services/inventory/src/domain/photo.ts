/** The photo of an article: one upload, from its arrival to its outcome. */
import type { PhotoBlob, PhotoRejection, PhotoVariant, PhotoWidth } from '@quadrille/events'

interface Upload {
  readonly photoId: string
  readonly sku: string
  /** The upload itself. */
  readonly original: PhotoBlob
}

export interface ProcessingPhoto extends Upload {
  readonly status: 'processing'
}

export interface ReadyPhoto extends Upload {
  readonly status: 'ready'
  /** One for each width. */
  readonly variants: readonly PhotoVariant[]
}

/** Final: the client must upload the photo again. */
export interface RejectedPhoto extends Upload {
  readonly status: 'rejected'
  readonly reason: PhotoRejection
}

export type Photo = ProcessingPhoto | ReadyPhoto | RejectedPhoto

/** The variant of this width. @throws if it is missing, which the schema of PhotoProcessed rules out. */
export const variantOf = ({ photoId, variants }: ReadyPhoto, maxWidth: PhotoWidth): PhotoVariant => {
  const variant = variants.find((one) => one.maxWidth === maxWidth)
  if (!variant) throw new Error(`The photo ${photoId} has no variant of ${maxWidth} pixels.`)
  return variant
}

/** The blobs that a photo needs. The bytes of a rejected one are of no use. */
export const blobsOf = (photo: Photo): readonly string[] => {
  switch (photo.status) {
    case 'processing':
      return [photo.original.key]
    case 'ready':
      return [photo.original.key, ...photo.variants.map(({ key }) => key)]
    case 'rejected':
      return []
  }
}
