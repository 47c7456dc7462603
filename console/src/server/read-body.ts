import type { IncomingMessage } from 'node:http'

/** As the services' own limit. */
const maxBytes = 256 * 1_024

/** The body of a request. Undefined if it is too large; the rest is then not read. @throws if the connection breaks. */
export const readBody = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
