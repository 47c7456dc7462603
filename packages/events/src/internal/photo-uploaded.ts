import { internal } from '@quadrille/messages'
import { z } from 'zod'
import { photoBlob, photoId } from '../photos.ts'
import { sku } from '../primitives.ts'

export const PhotoUploaded = internal('PhotoUploaded', z.object({ photoId, sku, blob: photoBlob }), {
  summary: 'the bytes of a photo are stored',
  subjectField: 'photoId',
})
