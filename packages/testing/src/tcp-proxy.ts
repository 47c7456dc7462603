/** A TCP proxy between a client and a server, with which a test takes the network away. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

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
  close(): Promise<void>
}

/** Listens on a free port of 127.0.0.1 and forwards to a port of 127.0.0.1. */
export const tcpProxy = async (targetPort: number): Promise<TcpProxy> => {
  const open = new Set<Socket>()
  let refusing = false
  let cutAfter = 0
  const track = (socket: Socket, peer: Socket) => {
    open.add(socket)
    socket.on('close', () => {
      open.delete(socket)
      peer.destroy()
    })
    socket.on('error', () => peer.destroy()) // a reset on one side ends the other; 'close' follows
    socket.pipe(peer)
  }
  const server = createServer({ noDelay: true }, (client) => {
    if (refusing) return void client.resetAndDestroy()
    const target = connect({ host: '127.0.0.1', port: targetPort, noDelay: true })
    track(client, target)
    track(target, client)
    let left = cutAfter
    if (left > 0) client.on('data', () => --left === 0 && client.resetAndDestroy())
  })
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server.address()),
    cut,
    cutEachAfter: (pieces) => {
      cutAfter = pieces
    },
    refuse: () => {
      refusing = true
      cut()
    },
    accept: () => {
      refusing = false
    },
    close: async () => {
      cut()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

const portOf = (address: ReturnType<ReturnType<typeof createServer>['address']>): number => {
  if (address === null || typeof address === 'string') throw new Error(`Expected a TCP address, got ${address}.`)
  return address.port
}
