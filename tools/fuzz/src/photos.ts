/** Generates bodies of uploads: images, damaged images, and other bytes. */
import { crc32 } from 'node:zlib'
import type { Random } from '@quadrille/testing'
import { hostileText } from './values.ts'

/** The maximum that the service accepts. */
const maxBytes = 10_000_000

/** Images of 2 × 2 pixels. */
const [png, webp, jpeg] = [
  [
    'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAE0lEQVQImWP4z8DwnwGM/zMw',
    'AAAf7gP9qS/A4gAAAABJRU5ErkJggg==',
  ].join(''),
  'UklGRjwAAABXRUJQVlA4IDAAAADQAQCdASoCAAIAAUAmJaACdLoB+AADsAD+8ut//NgVzXPv9//S4P0uD9Lg/9KQAAA=',
  [
    '/9j/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj/2wBD',
    'AQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCj/wAARCAACAAID',
    'ASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAf/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAA',
    'Bgj/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCdABykX//Z',
  ].join(''),
].map((base64) => Buffer.from(base64, 'base64')) as [Buffer, Buffer, Buffer]

const images = [
  ['image/png', png],
  ['image/webp', webp],
  ['image/jpeg', jpeg],
] as const

const otherTypes = [
  ...['image/gif', 'image/svg+xml', 'image/png; charset=utf-8', 'IMAGE/JPEG', 'image/*', 'application/octet-stream'],
  ...['application/json', 'multipart/form-data; boundary=x', 'image/png, image/jpeg', 'x'],
]

const noise = (random: Random, length: number): Buffer => Buffer.from(Array.from({ length }, () => random.below(256)))

/** The head of a PNG of 100 million megapixels, with a correct checksum. */
const hugePng = (): Buffer => {
  const bytes = Buffer.from(png)
  bytes.writeUInt32BE(10_000_000, 16)
  bytes.writeUInt32BE(10_000_000, 20)
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29)
  return bytes
}

const bodies: readonly ((random: Random, image: Buffer) => Buffer)[] = [
  (_, image) => image,
  (_, image) => image,
  (random, image) => image.subarray(0, random.below(image.length)),
  (random, image) => Buffer.concat([image, noise(random, random.below(2_000))]),
  (random, image) => Buffer.concat([image.subarray(0, 12), noise(random, random.below(5_000))]),
  (random, image) => Buffer.from(image.map((byte, at) => (at > 12 && random.chance(0.05) ? random.below(256) : byte))),
  () => hugePng(),
  (random) => noise(random, 1 + random.below(200)),
  (random) => Buffer.from(hostileText(random)),
  () => Buffer.from('GIF89a\u0001\u0000\u0001\u0000', 'latin1'),
  () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'),
  () => Buffer.alloc(0),
]

export interface PhotoBody {
  readonly mediaType: string
  readonly bytes: Buffer
}

/** Generates a body for an upload. A few have the maximum size, or one byte more. */
export const drawPhoto = (random: Random): PhotoBody => {
  const [mediaType, image] = random.pick(images)
  const body = random.pick(bodies)(random, image)
  const size = maxBytes + random.below(2)
  const isLarge = random.chance(0.02)
  return {
    mediaType: random.chance(0.85) ? mediaType : random.pick(otherTypes),
    bytes: isLarge ? Buffer.concat([body, Buffer.alloc(size)], size) : body,
  }
}
