/** Receives traces by OTLP over HTTP, like a collector. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type ReceivedSpan, readExport } from './otlp.ts'

export interface Receiver {
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  /** The bodies of the exports, in Latin-1: one character for each byte. */
  readonly exports: readonly string[]
  /** The faults in the exports. */
  readonly faults: readonly string[]
  close(): void
}

export const openReceiver = async (): Promise<Receiver> => {
  const spans: ReceivedSpan[] = []
  const exports: string[] = []
  const faults: string[] = []
  const receive = async (request: IncomingMessage): Promise<void> => {
    const requested = `${request.method} ${request.url} ${request.headers['content-type']}`
    if (requested !== 'POST /v1/traces application/x-protobuf') faults.push(requested)
    else read(await buffer(request))
  }
  const read = (sent: Buffer) => {
    exports.push(sent.toString('latin1'))
    spans.push(...readExport(sent))
  }
  const server = createServer((request, response) => {
    receive(request)
      .catch((error: unknown) => faults.push(String(error)))
      .finally(() => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    exports,
    faults,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
