/** Images for the tests, small ones. */
import { crc32 } from 'node:zlib'
import sharp from 'sharp'

interface Size {
  readonly width: number
  readonly height: number
}

const plain = ({ width, height }: Size) =>
  sharp({ create: { width, height, channels: 3, background: { r: 180, g: 120, b: 60 } } })

export const aJpeg = (size: Size = { width: 800, height: 600 }): Promise<Buffer> => plain(size).jpeg().toBuffer()
export const aPng = (size: Size = { width: 800, height: 600 }): Promise<Buffer> => plain(size).png().toBuffer()
export const aWebp = (size: Size = { width: 800, height: 600 }): Promise<Buffer> => plain(size).webp().toBuffer()

/** A few bytes that declare this size, like a decompression bomb: the header of a PNG and the start of its pixels. */
export const aHugePng = async ({ width, height }: Size): Promise<Buffer> => {
  const png = await aPng({ width: 1, height: 1 })
  png.writeUInt32BE(width, 16)
  png.writeUInt32BE(height, 20)
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29)
  return png
}

/** The same for JPEG: the size in its frame header (SOF0) is replaced. */
export const aHugeJpeg = async ({ width, height }: Size): Promise<Buffer> => {
  const jpeg = await aJpeg({ width: 8, height: 8 })
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]))
  jpeg.writeUInt16BE(height, frame + 5)
  jpeg.writeUInt16BE(width, frame + 7)
  return jpeg
}

/** The same for WebP: the size in its VP8 frame header, 14 bits each. */
export const aHugeWebp = async ({ width, height }: Size): Promise<Buffer> => {
  const webp = await aWebp({ width: 8, height: 8 })
  const frame = webp.indexOf(Buffer.from([0x9d, 0x01, 0x2a]))
  webp.writeUInt16LE(width, frame + 3)
  webp.writeUInt16LE(height, frame + 5)
  return webp
}

/** A WebP with two pictures. */
export const anAnimation = async (): Promise<Buffer> => {
  const pictures = await Promise.all([aPng({ width: 8, height: 8 }), aPng({ width: 8, height: 9 })])
  return sharp(pictures, { join: { animated: true } })
    .webp({ delay: [100, 100] })
    .toBuffer()
}

/** A photo of a camera held upright: the pixels lie on their side, and the metadata have the rotation and a place. */
export const aTurnedPhoto = (): Promise<Buffer> =>
  plain({ width: 800, height: 600 })
    .withMetadata({ orientation: 6 })
    .withExifMerge({ IFD3: { GPSLatitude: '52/1 30/1 0/1', GPSLatitudeRef: 'N' } })
    .jpeg()
    .toBuffer()

export const svg = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>',
)

/** A JPEG of 3 megapixels and over a megabyte, with noise as in a photo, which costs its worker a good part of a second. */
export const aNoisyJpeg = (): Promise<Buffer> => {
  const noise = { type: 'gaussian', mean: 128, sigma: 20 } as const
  return sharp({ create: { width: 2_000, height: 1_500, channels: 3, background: 'black', noise } })
    .jpeg({ quality: 81 })
    .toBuffer()
}
