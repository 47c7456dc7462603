import type { Readable } from 'node:stream'
import { Problem } from './problem.ts'

export const maxBodyBytes = 256 * 1_024

/**
 * Reads a body into one buffer of `size`: its length, or the maximum if the length is not declared. Chunks of a byte each, kept as
 * they arrive, would need a hundred times their size.
 * @throws {Problem} if the body is larger. Its rest is discarded, until the time limit of the request.
 * @throws {Problem} if the client disconnects.
 */
export const readBody = (request: Readable, size: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    let body = Buffer.allocUnsafe(size)
    let received = 0
    request.on('data', (chunk: Buffer) => {
      if (received + chunk.byteLength <= body.byteLength) {
        received += chunk.copy(body, received)
        return
      }
      body = Buffer.alloc(0) // the rest may take long
      reject(tooLarge)
    })
    request.once('end', () => resolve(body.subarray(0, received)))
    request.once('close', () => reject(disconnected))
  })

const tooLarge = new Problem('payload-too-large', 'The body is too large. At most 256 KiB are accepted.')
const disconnected = new Problem('malformed-request', 'The client disconnected before the end of its request.')
