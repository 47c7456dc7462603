import type { Readable } from 'node:stream'
import { Problem } from './problem.ts'

/**
 * Reads a body of at most `maxBytes` into one buffer of that size. Chunks of a byte each, kept as they arrive, would need a
 * hundred times their size.
 * @throws {Problem} if the body is larger. Its rest is discarded, until the time limit of the request.
 * @throws {Problem} if the client disconnects.
 */
export const readBody = (request: Readable, maxBytes: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const body = Buffer.allocUnsafe(maxBytes)
    let size = 0
    request.on('data', (chunk: Buffer) => {
      if (size + chunk.byteLength > maxBytes) reject(tooLarge)
      else size += chunk.copy(body, size)
    })
    request.once('end', () => resolve(body.subarray(0, size)))
    request.once('close', () => reject(disconnected))
  })

const tooLarge = new Problem('payload-too-large', 'The body is too large. At most 256 KiB are accepted.')
const disconnected = new Problem('malformed-request', 'The client disconnected before the end of its request.')
