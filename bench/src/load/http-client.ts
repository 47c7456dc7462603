/**
 * A client for POST requests with JSON over persistent connections (RFC 9112). It is written for little CPU, because the load
 * shares the processors with the measured system: about 0.02 ms a request.
 */
import { connect, type Socket } from 'node:net'
import { type Answer, parseAnswer } from './http-answer.ts'

export interface HttpClient {
  /** @throws if no complete response arrives in time. */
  post(path: string, json: string): Promise<Answer>
  close(): void
}

export interface HttpClientOptions {
  /** Such as http://127.0.0.1:3000. */
  readonly url: string
  /** The maximum number of connections. Further requests wait. */
  readonly connections: number
}

/** The time limit of a response, ms. */
const answerWithinMs = 30_000
/** Idle connections are closed after this time, before the server closes them, ms. */
const idleMs = 2_000

interface Request {
  readonly text: string
  resolve(answer: Answer): void
  reject(error: Error): void
}

interface Connection {
  readonly socket: Socket
  current: Request | null
  received: string
  idleSince: number
}

export const openHttpClient = ({ url, connections: max }: HttpClientOptions): HttpClient => {
  const { hostname, port } = new URL(url)
  const idle: Connection[] = []
  const all = new Set<Connection>()
  const waiting: Request[] = []

  const send = (connection: Connection, request: Request): void => {
    connection.current = request
    connection.socket.write(request.text, 'latin1')
  }
  const settle = (connection: Connection, answer: Answer): void => {
    const { current } = connection
    connection.current = null
    connection.received = ''
    connection.idleSince = performance.now()
    current?.resolve(answer)
    if (answer.closesConnection) {
      discard(connection, new Error('The server closed the connection.'))
    } else {
      idle.push(connection)
      sendWaiting()
    }
  }
  const discard = (connection: Connection, error: Error): void => {
    all.delete(connection)
    const index = idle.indexOf(connection)
    if (index >= 0) idle.splice(index, 1)
    connection.current?.reject(error)
    connection.current = null
    connection.socket.destroy()
    sendWaiting()
  }
  const open = (): Connection => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    const connection: Connection = { socket, current: null, received: '', idleSince: 0 }
    socket.setEncoding('latin1').setTimeout(answerWithinMs)
    socket.on('data', (chunk: string) => {
      connection.received += chunk
      try {
        const answer = parseAnswer(connection.received)
        if (answer) settle(connection, answer)
      } catch (error) {
        discard(connection, error as Error)
      }
    })
    socket.on('timeout', () => discard(connection, new Error(`No response arrived within ${answerWithinMs} ms.`)))
    socket.on('error', (error) => discard(connection, error))
    socket.on('close', () => discard(connection, new Error('The server closed the connection.')))
    all.add(connection)
    return connection
  }
  const sendWaiting = (): void => {
    const connection = waiting.length > 0 ? take() : null
    const next = connection && waiting.shift()
    if (next) send(connection, next)
  }
  const take = (): Connection | null => {
    const last = idle.at(-1)
    if (last && performance.now() - last.idleSince < idleMs) return idle.pop() ?? null
    for (const { socket } of idle.splice(0)) socket.destroy() // the newest is stale, and so are the others
    return all.size < max ? open() : null
  }
  return {
    post: (path, json) =>
      new Promise((resolve, reject) => {
        waiting.push({ text: requestText({ path, host: `${hostname}:${port}`, json }), resolve, reject })
        sendWaiting()
      }),
    close: () => {
      for (const { reject } of waiting.splice(0)) reject(new Error('The client was closed.'))
      for (const connection of all) discard(connection, new Error('The client was closed.'))
    },
  }
}

/** The body must be ASCII. */
const requestText = ({ path, host, json }: { path: string; host: string; json: string }): string =>
  `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`
