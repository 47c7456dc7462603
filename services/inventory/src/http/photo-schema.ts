/** The schemas of responses about photos. */
import { photos, primitives } from '@quadrille/events'
import { z } from 'zod'
import type { Photo } from '../domain/photo.ts'
import { photoExample } from './examples.ts'

export const photoView = z
  .object({
    photoId: photos.photoId,
    sku: primitives.sku,
    status: z.enum(['processing', 'ready', 'rejected']).meta({
      description:
        '`processing`: it waits, also while its task is a dead letter. `ready`: it is served, unless a later upload of the SKU is ready too. `rejected`: final; the photo before it is still served.',
    }),
    reason: photos.photoRejection.nullable().meta({ description: 'Null unless the photo is rejected.' }),
  })
  .meta({ title: 'Photo', description: 'One upload of a photo.', examples: [photoExample] })

export const photoViewOf = (photo: Photo): z.output<typeof photoView> => ({
  photoId: photo.photoId,
  sku: photo.sku,
  status: photo.status,
  reason: photo.status === 'rejected' ? photo.reason : null,
})

/** A sentence about the last upload of a SKU that has no photo to serve. */
export const absence = (sku: string, last: Photo | undefined): string => {
  switch (last?.status) {
    case undefined:
      return `${sku} has no photo.`
    case 'processing':
      return `The photo of ${sku} is being processed.`
    case 'rejected':
      return `The photo of ${sku} was rejected: ${last.reason}. Upload another one.`
    case 'ready':
      return `The photo of ${sku} has just become ready.`
  }
}
