/** Sends requests to 127.0.0.1, and reads the responses. */
import { Agent, request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { FuzzResponse } from './judge.ts'
import type { RawRequest } from './raw.ts'
import type { FuzzRequest } from './requests.ts'

const host = '127.0.0.1'
/** The rest of a larger response is counted, but not kept. */
const maxKeptBytes = 10_000

export interface ReceivedResponse extends FuzzResponse {
  /** The beginning of the body. */
  readonly text: string
}

export interface Client {
  /** Resolves to an error code if there is no response: some requests can't be sent, others end the connection. */
  send(request: FuzzRequest, port: number): Promise<ReceivedResponse | string>
  /** Resolves when there is a response, or none came soon. The connection may stay open. */
  sendRaw(request: RawRequest, port: number): Promise<void>
  /** Ends all connections. */
  close(): void
}

/** @param onRaw called with the statuses of all responses to raw bytes when their connection ends. */
export const openClient = (onRaw: (request: RawRequest, statuses: readonly number[]) => void): Client => {
  const agent = new Agent({ keepAlive: true, maxSockets: 20, timeout: giveUpAfterMs }) // it closes idle connections first
  const left: RawConnection[] = []
  const end = ({ request, socket, statuses }: RawConnection) => {
    socket.destroy()
    onRaw(request, statuses)
  }
  return {
    send: (request, port) => send(agent, request, port),
    sendRaw: async (request, port) => {
      left.push(await sendRaw(request, port))
      for (const connection of left.splice(0, left.length - maxLeftOpen)) end(connection)
    },
    close: () => {
      agent.destroy()
      for (const connection of left.splice(0)) end(connection)
    },
  }
}

interface RawConnection {
  readonly request: RawRequest
  readonly socket: Socket
  /** Of the responses so far. */
  readonly statuses: readonly number[]
}

/** Connections that are left open, most of them in the middle of a request. */
const maxLeftOpen = 300
const giveUpAfterMs = 30_000
/** How long a stream of events is read, ms. It does not end by itself. */
const streamMs = 200

const send = (
  agent: Agent,
  { method, path, headers, body }: FuzzRequest,
  port: number,
): Promise<ReceivedResponse | string> =>
  new Promise((resolve) => {
    let begunMs = performance.now()
    const onError = (error: Error) => resolve('code' in error ? String(error.code) : error.name)
    try {
      const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const options = { agent, host, port, method, path, headers: { ...headers, ...length }, timeout: giveUpAfterMs }
      const sending = httpRequest(options, (response) => {
        let [bytes, text] = [0, '']
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (text.length < maxKeptBytes) text += String(chunk)
        })
        const { statusCode: status = 0, headers } = response
        const received = (tookMs: number) => resolve({ status, headers, bytes, text, tookMs })
        response.on('error', onError)
        response.on('end', () => received(performance.now() - begunMs))
        if (headers['content-type'] === 'text/event-stream') {
          const tookMs = performance.now() - begunMs
          setTimeout(() => {
            received(tookMs)
            sending.destroy()
          }, streamMs)
        }
      })
      sending.on('socket', () => {
        begunMs = performance.now() // until then the request waits for a free socket
      })
      sending.on('upgrade', (response, socket) => {
        socket.destroy()
        resolve(`UPGRADED_${response.statusCode}`)
      })
      sending.on('timeout', () => sending.destroy(Object.assign(new Error('no response'), { code: 'NO_RESPONSE' })))
      sending.on('error', onError).end(body)
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      onError(error) // Node itself refuses to send it
    }
  })

/** The time limit for a response to raw bytes, ms. */
const rawResponseWithinMs = 500

const sendRaw = async (request: RawRequest, port: number): Promise<RawConnection> => {
  const { bytes, pieceBytes, ending, reads } = request
  const socket = connect({ host, port })
  const statuses: number[] = []
  let rest = ''
  const { promise: responded, resolve } = Promise.withResolvers<void>()
  socket.on('error', () => resolve()).on('close', () => resolve())
  if (reads) {
    socket.on('data', (chunk: Buffer) => {
      const text = rest + chunk.toString('latin1')
      for (const [, status] of text.matchAll(/HTTP\/1\.1 (\d{3}) /g)) statuses.push(Number(status))
      rest = text.slice(-'HTTP/1.1 200'.length) // a status line may be cut in two
      resolve()
    })
  }
  socket.on('connect', () => {
    const size = pieceBytes === 0 ? Math.max(1, bytes.length) : pieceBytes
    for (let at = 0; at < bytes.length; at += size) socket.write(bytes.subarray(at, at + size))
  })
  const timer = setTimeout(resolve, rawResponseWithinMs)
  await responded
  clearTimeout(timer)
  if (ending === 'close') socket.destroy()
  if (ending === 'reset') socket.resetAndDestroy()
  if (ending === 'end') socket.end()
  return { request, socket, statuses }
}
