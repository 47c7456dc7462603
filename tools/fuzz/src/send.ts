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
  /** Resolves to the statuses of the immediate responses. The connection may stay open. */
  sendRaw(request: RawRequest, port: number): Promise<number[]>
  close(): void
}

export const openClient = (): Client => {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 })
  const left: Socket[] = []
  return {
    send: (request, port) => send(agent, request, port),
    sendRaw: async (request, port) => {
      const { socket, statuses } = await sendRaw(request, port)
      left.push(socket)
      if (left.length > maxLeftOpen) left.shift()?.destroy()
      return statuses
    },
    close: () => {
      agent.destroy()
      for (const socket of left) socket.destroy()
    },
  }
}

/** Connections that are left open, most of them in the middle of a request. */
const maxLeftOpen = 300
const giveUpAfterMs = 30_000

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
        response.on('error', onError)
        response.on('end', () => resolve({ status, headers, bytes, text, tookMs: performance.now() - begunMs }))
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

const sendRaw = async ({ bytes, pieceBytes, ending, reads }: RawRequest, port: number) => {
  const socket = connect({ host, port })
  let text = ''
  const { promise: responded, resolve } = Promise.withResolvers<void>()
  socket.on('error', () => resolve()).on('close', () => resolve())
  if (reads) {
    socket.on('data', (chunk: Buffer) => {
      if (text.length < maxKeptBytes) text += chunk.toString('latin1')
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
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
  return { socket, statuses }
}
