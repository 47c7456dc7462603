/** The tasks and internal messages of the inventory service. All are about photos. */
import { internal, task } from '@quadrille/messages'
import { z } from 'zod'
import { photoBlob, photoId, photoRejection, photoVariant, photoWidths } from '../photos.ts'
import { sku } from '../primitives.ts'

const subjectField = 'photoId'

export const PhotoUploaded = internal('PhotoUploaded', z.object({ photoId, sku, blob: photoBlob }), {
  summary: 'the bytes of a photo are stored',
  subjectField,
})

export const ProcessPhoto = task('ProcessPhoto', z.object({ photoId, sku, blob: photoBlob }), {
  summary: 'resize, watermark and optimise a photo',
  subjectField,
})

export const PhotoProcessed = internal(
  'PhotoProcessed',
  z.object({ photoId, variants: z.array(photoVariant).length(photoWidths.length) }),
  {
    summary: 'the photo is stored in all widths',
    subjectField,
  },
)

export const PhotoRejected = internal('PhotoRejected', z.object({ photoId, reason: photoRejection }), {
  summary: 'the photo can not be served',
  subjectField,
})
