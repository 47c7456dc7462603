/** One connection of a client, with as little work as possible, because it shares the processors with the service. */
import { connect, type Socket } from 'node:net'

export interface Connection {
  /** Sends a GET request. */
  get(path: string, headers?: Readonly<Record<string, string>>): void
  /** The bytes that both sides have sent. */
  bytes(): number
  close(): void
}

/** @param receive - is called with all that arrives, as text in Latin-1. */
export const openConnection = (url: string, receive: (text: string) => void): Connection => {
  const { hostname, port, host } = new URL(url)
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true })
  let error: Error | null = null
  socket.on('error', (cause) => {
    error = cause
  })
  socket.setEncoding('latin1').on('data', receive)
  return {
    get: (path, headers = {}) => {
      if (error) throw error
      const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1')
    },
    bytes: () => socket.bytesRead + socket.bytesWritten,
    close: () => socket.destroy(),
  }
}
