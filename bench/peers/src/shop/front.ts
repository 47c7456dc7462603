/** The HTTP side of a peer, without a framework, so that it costs a peer little. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type Order, readOrder } from './order.ts'

export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** Answers a request with this method, path and body. */
export type Handle = (method: string, path: string, body: string) => Promise<Answer>

export interface FrontOptions {
  readonly port: number
  /** Resolves once the order is accepted: it survives a crash of every process. */
  accept(order: Order): Promise<void>
  /** Whether the peer would handle an order now. Default: true. */
  ready?(): Promise<boolean>
}

/** Serves `POST /orders` and `GET /health/ready`. See `serve`. */
export const openFront = ({ port, accept, ready = async () => true }: FrontOptions): Promise<() => Promise<void>> =>
  serve(port, async (method, path, body) => {
    if (method === 'POST' && path === '/orders') {
      const order = readOrder(body)
      await accept(order)
      return { status: 202, body: { id: order.id } }
    }
    const isReady = path === '/health/ready' && (await ready())
    return { status: isReady ? 200 : 503, body: { status: isReady ? 'ready' : 'not ready' } }
  })

/** Listens on 127.0.0.1. Resolves to a function that takes no more requests, and resolves once those in progress are answered. */
export const serve = async (port: number, handle: Handle): Promise<() => Promise<void>> => {
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request
    const { status, body } = await bodyOf(request)
      .then((text) => handle(method, url, text))
      .catch((error: unknown) => {
        console.error(error)
        return { status: 500, body: { error: String(error) } }
      })
    const json = JSON.stringify(body)
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) }
    response.writeHead(status, headers).end(json)
  })
  server.keepAliveTimeout = 60_000 // the default of 5 s would close connections of a load of few orders
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return async () => {
    server.close()
    server.closeIdleConnections()
    await once(server, 'close')
  }
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
