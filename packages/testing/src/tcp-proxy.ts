/** A TCP proxy between a client and a server, with which a test takes the network away. */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { clearWeather, type Direction, through } from './weather.ts'

export interface TcpProxy {
  readonly port: number
  /** Resets the connections that are open; new ones get through. */
  cut(): void
  /** Resets each connection of the future once so many pieces of data have come from its client; 0: none any more. */
  cutEachAfter(pieces: number): void
  /** Resets the open connections and every new one, until `accept`. */
  refuse(): void
  /** Lets new connections through again. */
  accept(): void
  /** Every piece of data takes so much longer, ms; 0: none any more. */
  delay(ms: number): void
  /** Lets nothing through in one direction until `release`, when what was held arrives. */
  hold(direction: Direction): void
  release(): void
  /** Of the next piece of data in this direction half gets through, and then its connection ends; null: of none any more. */
  truncate(direction: Direction | null): void
  close(): Promise<void>
}

/**
 * Listens on a free port of 127.0.0.1 and forwards to a port of 127.0.0.1; where there are several, by turns to those on
 * which somebody listens.
 */
export const tcpProxy = async (...targetPorts: readonly number[]): Promise<TcpProxy> => {
  const weather = clearWeather()
  const open = new Set<Socket>()
  const cut = () => {
    for (const socket of open) reset(socket)
  }
  let turn = 0
  const serve = async (client: Socket) => {
    client.on('error', () => client.destroy())
    if (weather.refusing) return reset(client)
    const target = await dial(rotated(targetPorts, turn++))
    if (target === null) return reset(client)
    open.add(client.on('close', () => target.destroy() && open.delete(client)))
    open.add(target.on('close', () => client.destroy() && open.delete(target)))
    if (weather.refusing || client.destroyed) return reset(target)
    carry(client, target, through(weather, 'to the server', weather.cutAfter))
    carry(target, client, through(weather, 'to the client'))
  }
  const server = createServer({ noDelay: true }, (client) => void serve(client))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server),
    cut,
    cutEachAfter: (pieces) => {
      weather.cutAfter = pieces
    },
    refuse: () => {
      weather.refusing = true
      cut()
    },
    accept: () => {
      weather.refusing = false
    },
    delay: (ms) => {
      weather.delayMs = ms
    },
    hold: (direction) => {
      weather.held = { direction, ...Promise.withResolvers<void>() }
    },
    release: () => {
      weather.held?.resolve()
      weather.held = null
    },
    truncate: (direction) => {
      weather.truncating = direction
    },
    close: async () => {
      cut()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

/** A connection to the first of these ports on which somebody listens; null where nobody does. */
const dial = async (ports: readonly number[]): Promise<Socket | null> => {
  for (const port of ports) {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false, // refused: the next one, then
    )
    if (connected) return socket.on('error', () => socket.destroy())
  }
  return null
}

/** Node lets a reset wait for what is still to be written, and it fails on a socket that is being ended: both would stay open. */
const reset = (socket: Socket): void => {
  if (socket.writableEnded || socket.writableLength > 0) socket.destroy()
  else socket.resetAndDestroy()
}

const rotated = (ports: readonly number[], by: number): number[] => [
  ...ports.slice(by % ports.length),
  ...ports.slice(0, by % ports.length),
]

/** However a connection ends, it ends on both sides, so that nobody need be told. */
const carry = (from: Socket, to: Socket, pieces: ReturnType<typeof through>): void => {
  pipeline(from, pieces, to).catch(() => reset(from))
}

const portOf = (server: Server): number => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error(`Expected a TCP address, got ${address}.`)
  return address.port
}
