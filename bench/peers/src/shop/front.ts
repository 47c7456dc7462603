/** The HTTP side of a peer: `POST /orders` and `GET /health/ready`, without a framework, so that it costs a peer little. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Order, readOrder } from './order.ts'

export interface FrontOptions {
  readonly port: number
  /** Resolves once the order is accepted: it survives a crash of every process. */
  accept(order: Order): Promise<void>
  /** Whether the peer would handle an order now. Default: true. */
  ready?(): Promise<boolean>
  /** Lets several processes of a peer share the port; the kernel distributes the connections. Default: false. */
  readonly reusePort?: boolean
}

/** Listens on 127.0.0.1. Resolves to a function that takes no more requests, and resolves once those in progress are answered. */
export const openFront = async (options: FrontOptions): Promise<() => Promise<void>> => {
  const { port, reusePort = false } = options
  const server = createServer((request, response) => void respond(request, response, options))
  server.keepAliveTimeout = 60_000 // the default of 5 s would close connections of a load of few orders
  server.listen({ port, host: '127.0.0.1', reusePort })
  await once(server, 'listening')
  return async () => {
    server.close()
    server.closeIdleConnections()
    await once(server, 'close')
  }
}

const respond = async (request: IncomingMessage, response: ServerResponse, options: FrontOptions): Promise<void> => {
  try {
    if (request.method === 'POST' && request.url === '/orders') {
      const order = readOrder(await bodyOf(request))
      await options.accept(order)
      return send(response, 202, { id: order.id })
    }
    const ready = request.url === '/health/ready' && (await (options.ready?.() ?? true))
    send(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready' })
  } catch (error) {
    console.error(error)
    send(response, 500, { error: String(error) })
  }
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
