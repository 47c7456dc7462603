import type { PhotoMediaType } from '@quadrille/events'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { mediaTypeOf } from '../../src/photos/images/media-type.ts'
import { render } from '../../src/photos/images/render.ts'
import { aHugeJpeg, aHugePng, aHugeWebp, aJpeg, anAnimation, aPng, aTurnedPhoto, aWebp, svg } from './images.ts'

const sizes = (rendered: Awaited<ReturnType<typeof render>>) => rendered.map(({ width, height }) => [width, height])

describe('a photo', () => {
  it.each([
    ['image/jpeg', aJpeg],
    ['image/png', aPng],
    ['image/webp', aWebp],
  ] as const)('of the type %s is rendered in each width as WebP, and never enlarged', async (mediaType, make) => {
    const rendered = await render(await make(), mediaType)
    expect(sizes(rendered)).toEqual([
      [320, 240],
      [640, 480],
      [800, 600],
    ])
    for (const { bytes } of rendered) expect(mediaTypeOf(bytes)).toBe('image/webp')
  })

  it('is turned upright and loses its metadata', async () => {
    const turned = await aTurnedPhoto()
    expect((await sharp(turned).metadata()).exif?.toString('latin1')).toContain('N')
    const [small] = await render(turned, 'image/jpeg')
    expect(small).toMatchObject({ width: 320, height: 427 })
    const { exif, orientation } = await sharp(small?.bytes).metadata()
    expect({ exif, orientation }).toEqual({})
  })

  it('has the watermark in its lower right corner', async () => {
    const [, medium] = await render(await aPng(), 'image/png')
    const contrastAt = async (left: number, top: number) => {
      const part = await sharp(medium?.bytes).extract({ left, top, width: 60, height: 60 }).png().toBuffer()
      const [red] = (await sharp(part).stats()).channels
      return red?.stdev ?? 0
    }
    expect(await contrastAt(0, 0)).toBeLessThan(3)
    expect(await contrastAt(580, 420)).toBeGreaterThan(15)
  })

  it.each([
    { width: 1, height: 1 },
    { width: 3, height: 9_000 },
  ])('may be $width × $height pixels', async (size) => {
    const [small] = await render(await aPng(size), 'image/png')
    expect(small?.height).toBeLessThanOrEqual(1_280)
  })
})

describe('an upload that only looks like a photo', () => {
  const half = async () => {
    const jpeg = await aJpeg()
    return jpeg.subarray(0, jpeg.length / 2)
  }
  const page = async () => Buffer.from('\xff\xd8\xff<html><script>alert(1)</script>', 'latin1')
  const cases: [string, PhotoMediaType, () => Promise<Buffer>, string][] = [
    ['a page with the first bytes of a JPEG', 'image/jpeg', page, 'unreadable'],
    ['half of a JPEG', 'image/jpeg', half, 'unreadable'],
    ['an SVG', 'image/png', async () => svg, 'unreadable'],
    ['a PNG that is declared as JPEG', 'image/jpeg', () => aPng(), 'unreadable'],
    [
      'a PNG of 60,000 × 60,000 pixels',
      'image/png',
      () => aHugePng({ width: 60_000, height: 60_000 }),
      'too_many_pixels',
    ],
    [
      'a JPEG of 60,000 × 60,000 pixels',
      'image/jpeg',
      () => aHugeJpeg({ width: 60_000, height: 60_000 }),
      'too_many_pixels',
    ],
    [
      'a WebP of 16,000 × 16,000 pixels',
      'image/webp',
      () => aHugeWebp({ width: 16_000, height: 16_000 }),
      'too_many_pixels',
    ],
    [
      'a PNG of 7,000 × 7,000 pixels without them',
      'image/png',
      () => aHugePng({ width: 7_000, height: 7_000 }),
      'unreadable',
    ],
    ['an animation', 'image/webp', anAnimation, 'animated'],
  ]

  it.each(cases)('%s is unusable', async (_what, mediaType, make, reason) => {
    const bytes = await make()
    const before = process.memoryUsage().rss
    const rendering = render(bytes, mediaType).then(
      () => 'rendered',
      ({ reason: found }) => found,
    )
    expect(await rendering).toBe(reason)
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000)
  })
})
