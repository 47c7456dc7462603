import { task } from '@quadrille/messages'
import { z } from 'zod'
import { photoBlob, photoId } from '../photos.ts'
import { sku } from '../primitives.ts'

export const ProcessPhoto = task('ProcessPhoto', z.object({ photoId, sku, blob: photoBlob }), {
  summary: 'resize, watermark and optimise a photo',
  subjectField: 'photoId',
})
