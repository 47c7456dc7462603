/** JSON over HTTP, with a few persistent connections, and a sampled trace for each request. */
import { randomBytes } from 'node:crypto'
import { Agent, type IncomingHttpHeaders, request } from 'node:http'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

export interface JsonClient {
  send(method: 'GET' | 'POST' | 'PUT', url: string, options?: SendOptions): Promise<Reply>
  close(): void
}

export interface SendOptions {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface ClientOptions {
  /** The timeout of an answer, ms. Default 60,000. */
  readonly timeoutMs?: number
}

/** The maximum number of connections to each service. Further requests wait. */
const connections = 64

export const jsonClient = ({ timeoutMs = 60_000 }: ClientOptions = {}): JsonClient => {
  // With a timeout it closes an idle connection before the server does, according to the server's Keep-Alive.
  const agent = new Agent({ keepAlive: true, maxSockets: connections, timeout: timeoutMs })
  return {
    send: (method, url, { body, headers = {} } = {}) => {
      const text = body === undefined ? '' : JSON.stringify(body)
      const allHeaders = {
        traceparent: newTraceparent(),
        ...(text && { 'content-type': 'application/json' }),
        ...headers,
      }
      return new Promise((resolve, reject) => {
        const sending = request(url, { agent, method, headers: allHeaders, timeout: timeoutMs }, (response) => {
          let answer = ''
          response.setEncoding('utf8').on('data', (chunk: string) => {
            answer += chunk
          })
          response.on('error', reject).on('end', () => {
            const { statusCode = 0, headers } = response
            try {
              resolve({ status: statusCode, headers, body: answer === '' ? null : JSON.parse(answer) })
            } catch (cause) {
              reject(new Error(`${method} ${url} was answered ${statusCode} with a body that is not JSON.`, { cause }))
            }
          })
        })
        sending.on('timeout', () => {
          const error = new Error(`${method} ${url} took longer than ${timeoutMs} ms.`)
          sending.destroy(Object.assign(error, { code: 'ETIMEDOUT' }))
        })
        sending.on('error', reject).end(text)
      })
    },
    close: () => agent.destroy(),
  }
}

/** W3C Trace Context, section 3.2. */
const newTraceparent = (): string => `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`
