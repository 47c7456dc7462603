/** The values in messages about photos of articles. A photo is one upload; a later upload of the same SKU has an id of its own. */
import { text, uuid } from '@quadrille/messages'
import { z } from 'zod'

export const photoId = uuid.meta({ description: 'The id of the photo: of one upload.' })

/** The formats in which photos are accepted. */
export const photoMediaType = z
  .enum(['image/jpeg', 'image/png', 'image/webp'])
  .meta({ description: 'The media type of the upload.' })

/** The size limit of an upload, bytes. */
export const maxPhotoBytes = 10_000_000

/** The widths, in pixels, in which a photo is served. */
export const photoWidths = [320, 640, 1280] as const

export const photoWidth = z
  .union(photoWidths.map((width) => z.literal(width)))
  .meta({ description: 'The largest width of the image in pixels.' })

const blobKey = text(200).min(1).meta({ description: 'The key of the stored bytes.' })
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ description: 'The SHA-256 hash of the bytes, in hexadecimal digits.' })

/** The claim check of an upload: messages carry it instead of the bytes. */
export const photoBlob = z
  .object({
    key: blobKey,
    mediaType: photoMediaType,
    size: z.int().min(1).max(maxPhotoBytes).meta({ description: 'The number of bytes.' }),
    sha256,
  })
  .meta({ title: 'PhotoBlob', description: 'A reference to the stored bytes of an upload.' })

export const photoVariant = z
  .object({
    maxWidth: photoWidth,
    width: z.int().min(1).meta({ description: 'The width in pixels. It is not larger than that of the upload.' }),
    height: z.int().min(1).meta({ description: 'The height in pixels.' }),
    key: blobKey,
    size: z.int().min(1).meta({ description: 'The number of bytes.' }),
    sha256,
  })
  .meta({ title: 'PhotoVariant', description: 'A photo in one of the widths in which it is served.' })

export const photoRejection = z
  .enum(['lost', 'altered', 'unreadable', 'too_many_pixels', 'animated', 'too_expensive', 'replaced'])
  .meta({
    description:
      'The reason. `lost`: the stored bytes are gone. `altered`: they differ from the upload. `unreadable`: they are not a complete image of the declared type. `too_many_pixels`: over 50 megapixels. `animated`: more than one picture. `too_expensive`: it needed too much processor time, or its process crashed several times. `replaced`: a later upload made it needless.',
  })

export type PhotoMediaType = z.infer<typeof photoMediaType>
export type PhotoWidth = z.infer<typeof photoWidth>
export type PhotoBlob = z.infer<typeof photoBlob>
export type PhotoVariant = z.infer<typeof photoVariant>
export type PhotoRejection = z.infer<typeof photoRejection>
