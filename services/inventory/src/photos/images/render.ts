/** Turns an uploaded image into the images that are served. Runs in a worker process, because it decodes bytes of strangers. */
import { type PhotoMediaType, type PhotoWidth, photos } from '@quadrille/events'
import sharp from 'sharp'
import { watermark } from './watermark.ts'

export interface Rendered {
  readonly maxWidth: PhotoWidth
  readonly width: number
  readonly height: number
  /** WebP without metadata. */
  readonly bytes: Buffer
}

/** The image can't be served, however often it is tried. */
export class Unusable extends Error {
  override readonly name = 'Unusable'
  readonly reason: 'unreadable' | 'too_many_pixels' | 'animated'

  constructor(reason: Unusable['reason'], options: ErrorOptions = {}) {
    super(`The image is ${reason.replaceAll('_', ' ')}.`, options)
    this.reason = reason
  }
}

const maxPixels = 50_000_000
/** The maximum ratio of a variant's height to its width. */
const maxHeights = 4
/** The side of the watermark as a part of the shorter side of the image, and the smallest one to draw, pixels. */
const markShare = 1 / 8
const minMark = 8

// One image at a time in each process, so a cache or further threads would gain nothing.
sharp.cache(false)
sharp.concurrency(1)
// Only the decoders of the accepted types: others, such as SVG, could load further files.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] })

const formats: Readonly<Record<PhotoMediaType, string>> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
}

/**
 * Renders the image upright in each width, with the watermark. It is never enlarged. Metadata such as the place where a photo was
 * taken is removed. @throws {Unusable}
 */
export const render = async (bytes: Buffer, mediaType: PhotoMediaType): Promise<Rendered[]> => {
  await check(bytes, mediaType)
  const largest = Math.max(...photos.photoWidths)
  const { data, info } = await decoding(() =>
    sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' })
      .autoOrient()
      .resize(boxOf(largest))
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true }),
  )
  const { width, height } = info
  const rendered: Rendered[] = []
  for (const maxWidth of photos.photoWidths) {
    const scale = Math.min(1, maxWidth / width, (maxWidth * maxHeights) / height)
    const side = Math.floor(Math.min(width, height) * scale * markShare)
    const mark = { input: watermark(side), raw: { width: side, height: side, channels: 4 as const } }
    const image = await sharp(data, { raw: { width, height, channels: 4 } })
      .resize(boxOf(maxWidth))
      .composite(side >= minMark ? [{ ...mark, gravity: 'southeast' }] : [])
      .webp({ quality: 80, smartSubsample: true })
      .toBuffer({ resolveWithObject: true })
    rendered.push({ maxWidth, width: image.info.width, height: image.info.height, bytes: image.data })
  }
  return rendered
}

const boxOf = (width: number) =>
  ({ width, height: width * maxHeights, fit: 'inside', withoutEnlargement: true }) as const

/** Checks what the header declares, before anything is decoded. */
const check = async (bytes: Buffer, mediaType: PhotoMediaType): Promise<void> => {
  const {
    format,
    width,
    height,
    pages = 1,
  } = await decoding(() => sharp(bytes, { limitInputPixels: false }).metadata())
  if (format !== formats[mediaType]) throw new Unusable('unreadable')
  if (width * height > maxPixels) throw new Unusable('too_many_pixels')
  if (pages > 1) throw new Unusable('animated')
}

/** The library has one kind of error for all that it can't decode. */
const decoding = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work()
  } catch (error) {
    throw new Unusable('unreadable', { cause: error })
  }
}
