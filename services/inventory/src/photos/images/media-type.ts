import type { PhotoMediaType } from '@quadrille/events'

/** The number of bytes by which a type is recognised. */
export const signatureBytes = 12

/**
 * The media type by the first bytes (https://mimesniff.spec.whatwg.org, section 6.1). Undefined for other types. It does not show
 * that the rest is an image.
 */
export const mediaTypeOf = (start: Uint8Array): PhotoMediaType | undefined => {
  const bytes = Buffer.from(start.subarray(0, signatureBytes)).toString('latin1')
  if (bytes.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (bytes.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (bytes.startsWith('RIFF') && bytes.slice(8) === 'WEBP') return 'image/webp'
  return undefined
}
