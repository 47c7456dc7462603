/** The HTTP server of a service with a few test routes, without the rest of the service. */
import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { pino } from 'pino'
import { onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { readConfig } from '../../src/config/read-config.ts'
import { route } from '../../src/http/route.ts'
import { type HttpListeners, type ServeOptions, serve } from '../../src/http/serve.ts'
import { listenConfig } from '../../src/http/variables.ts'

const anything = { 200: { description: 'The body of the request', body: z.unknown() } }

const routes = [
  route({
    method: 'post',
    path: '/echo',
    operationId: 'echo',
    summary: 'Answers with the body',
    description: 'Answers with the body.',
    body: z.looseObject({}),
    responses: anything,
    handle: ({ body }) => ({ status: 200, body }),
  }),
  route({
    method: 'post',
    path: '/things/{id}/cancel',
    operationId: 'cancel',
    summary: 'Needs no field',
    description: 'Needs no field.',
    params: z.strictObject({ id: z.string() }),
    responses: anything,
    handle: ({ params }) => ({ status: 200, body: params }),
  }),
  route({
    method: 'get',
    path: '/megabytes/{count}',
    operationId: 'megabytes',
    summary: 'A large answer',
    description: 'A large answer.',
    params: z.strictObject({ count: z.coerce.number<string>() }),
    responses: anything,
    handle: ({ params: { count } }) => ({ status: 200, body: 'x'.repeat(count * 1_000_000) }),
  }),
]

const whereabouts = route({
  method: 'get',
  path: '/whereabouts',
  operationId: 'whereabouts',
  summary: 'An operation',
  description: 'An operation.',
  responses: anything,
  handle: () => ({ status: 200, body: { items: [] } }),
})

/** Serves until the test is finished. */
export const startTestServer = async (
  env: Record<string, string> = {},
  more: Partial<ServeOptions> = {},
): Promise<HttpListeners & { readonly port: number }> => {
  const serving = await serve({
    service: 'test',
    config: readConfig(listenConfig, { PORT: '0', ...env }),
    log: pino({ level: 'silent' }),
    routes,
    asyncApi: () => Promise.resolve({ asyncapi: '3.0.0' }),
    adminEndpoints: {
      routes: [whereabouts],
      probes: {
        '/health/live': (_request, response) => void response.json({ status: 'live' }),
        '/metrics': (_request, response) => void response.send('x'.repeat(16_000_000)),
      },
    },
    onResponse: () => undefined,
    onStream: () => undefined,
    ...more,
  })
  onTestFinished(() => serving.stop())
  return { ...serving, port: Number(new URL(serving.url).port) }
}

/** Sends this text over its own connection, which is closed after the test. */
export const sendRaw = async (port: number, text: string): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1' })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined) // these tests expect the server to disconnect
  await once(socket, 'connect')
  socket.write(text)
  return socket
}

export interface RequestInput {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** Like fetch, but with headers that it won't set: Host, Origin and Sec-Fetch-Site. */
export const send = (url: string, { method = 'GET', headers = {}, body = '' }: RequestInput = {}) =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
    request(url, { method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
      .on('error', reject)
      .end(body)
  })

/** Until the end of the test, timeouts elapse only when the test advances their time. */
export const holdTimeouts = () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
}
