import { internal } from '@quadrille/messages'
import { z } from 'zod'
import { photoId, photoVariant, photoWidths } from '../photos.ts'

export const PhotoProcessed = internal(
  'PhotoProcessed',
  z.object({ photoId, variants: z.array(photoVariant).length(photoWidths.length) }),
  {
    summary: 'the photo is stored in all widths',
    subjectField: 'photoId',
  },
)
