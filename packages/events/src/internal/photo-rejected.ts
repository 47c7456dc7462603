import { internal } from '@quadrille/messages'
import { z } from 'zod'
import { photoId, photoRejection } from '../photos.ts'

export const PhotoRejected = internal('PhotoRejected', z.object({ photoId, reason: photoRejection }), {
  summary: 'the photo can not be served',
  subjectField: 'photoId',
})
