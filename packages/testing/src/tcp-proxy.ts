/** A TCP proxy between a client and a server. A test uses it to disturb the network. */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { type EditFrame, editFrames } from './amqp-frames.ts'
import { type Direction, forwardChunks, normalConditions } from './network-conditions.ts'

export interface TcpProxy {
  readonly port: number
  /** Resets open connections. New ones are accepted. */
  cut(): void
  /** Resets each future connection after this number of chunks from its client; 0 stops that. */
  cutEachAfter(chunks: number): void
  /** Resets open and new connections, until `accept`. */
  refuse(): void
  /** Accepts new connections again. */
  accept(): void
  /** Delays every chunk by this time, ms; 0 stops that. */
  delay(ms: number): void
  /** Holds everything in one direction until `release`, and delivers it then. */
  hold(direction: Direction): void
  release(): void
  /** Forwards half of the next chunk in this direction, and ends its connection; null stops that. */
  truncate(direction: Direction | null): void
  close(): Promise<void>
}

export interface UrlProxy extends TcpProxy {
  /** The URL of the server, through the proxy. */
  readonly url: string
}

/** A proxy to the server of this URL, on 127.0.0.1. `edit` receives each frame that RabbitMQ sends. */
export const proxyTo = async (serverUrl: string, edit?: EditFrame): Promise<UrlProxy> => {
  const url = new URL(serverUrl)
  const proxy = await listen([Number(url.port)], edit && ((source) => editFrames(source, edit)))
  url.hostname = '127.0.0.1'
  url.port = String(proxy.port)
  return { ...proxy, url: url.href }
}

/**
 * Listens on a free port of 127.0.0.1 and forwards to a port of 127.0.0.1. Several ports are used in turn; those
 * that do not listen are skipped.
 */
export const tcpProxy = (...targetPorts: readonly number[]): Promise<TcpProxy> => listen(targetPorts)

type Transform = (source: AsyncIterable<Buffer>) => AsyncIterable<Buffer>

/** `toClient` changes what a server sends. */
const listen = async (targetPorts: readonly number[], toClient: Transform = (source) => source): Promise<TcpProxy> => {
  const network = normalConditions()
  const open = new Set<Socket>()
  const cut = () => {
    for (const socket of open) reset(socket)
  }
  let turn = 0
  const serve = async (client: Socket) => {
    client.on('error', () => client.destroy())
    if (network.refusing) return reset(client)
    const target = await dial(rotated(targetPorts, turn++))
    if (target === null) return reset(client)
    open.add(client.on('close', () => target.destroy() && open.delete(client)))
    open.add(target.on('close', () => client.destroy() && open.delete(target)))
    if (network.refusing || client.destroyed) return reset(target)
    forward(client, target, forwardChunks(network, 'to the server', network.cutAfter))
    const chunks = forwardChunks(network, 'to the client')
    forward(target, client, (source) => chunks(toClient(source)))
  }
  const server = createServer({ noDelay: true }, (client) => void serve(client))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server),
    cut,
    cutEachAfter: (chunks) => {
      network.cutAfter = chunks
    },
    refuse: () => {
      network.refusing = true
      cut()
    },
    accept: () => {
      network.refusing = false
    },
    delay: (ms) => {
      network.delayMs = ms
    },
    hold: (direction) => {
      network.held = { direction, ...Promise.withResolvers<void>() }
    },
    release: () => {
      network.held?.resolve()
      network.held = null
    },
    truncate: (direction) => {
      network.truncating = direction
    },
    close: async () => {
      cut()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

/** Connects to the first of these ports that listens. Null if no port listens. */
const dial = async (ports: readonly number[]): Promise<Socket | null> => {
  for (const port of ports) {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false, // refused: try the next one
    )
    if (connected) return socket.on('error', () => socket.destroy())
  }
  return null
}

/** Node delays a reset until pending data is written, and a reset of a closing socket fails: both would stay open. */
const reset = (socket: Socket): void => {
  if (socket.writableEnded || socket.writableLength > 0) socket.destroy()
  else socket.resetAndDestroy()
}

const rotated = (ports: readonly number[], by: number): number[] => [
  ...ports.slice(by % ports.length),
  ...ports.slice(0, by % ports.length),
]

/** A connection always ends on both sides, so that both peers detect it. */
const forward = (from: Socket, to: Socket, chunks: Transform): void => {
  pipeline(from, chunks, to).catch(() => reset(from))
}

const portOf = (server: Server): number => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error(`Expected a TCP address, got ${address}.`)
  return address.port
}
