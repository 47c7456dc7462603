/** Responses that are files, and stores and clients that are slow. */

import { once } from 'node:events'
import type { Socket } from 'node:net'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { notFound } from '../../src/http/problem.ts'
import { route } from '../../src/http/route.ts'
import { uploadOf } from '../../src/http/upload.ts'
import { send, sendRaw, startTestServer } from './test-server.ts'

const get = (name: string, read: () => Promise<Uint8Array>) =>
  route({
    method: 'get',
    path: `/${name}`,
    operationId: name,
    summary: 'Returns a file',
    description: 'Returns a file.',
    responses: {
      200: { description: 'The file', file: ['text/plain'], headers: { 'Cache-Control': 'For how long.' } },
    },
    handle: () => ({
      status: 200,
      file: { mediaType: 'text/plain', etag: '"abc"', read },
      headers: { 'cache-control': 'public, max-age=60' },
    }),
  })

test('a problem with a file is not cached like the file', async () => {
  const lost = get('lost', () => Promise.reject(notFound('It is lost.')))
  const found = get('found', async () => Buffer.from('abc'))
  const { url } = await startTestServer({}, { routes: [lost, found] })
  const { status, headers } = await send(`${url}/lost`)
  expect({ status, etag: headers['etag'], cache: headers['cache-control'] }).toEqual({
    status: 404,
    etag: undefined,
    cache: 'no-store',
  })
  expect((await send(`${url}/found`)).headers).toMatchObject({ etag: '"abc"', 'cache-control': 'public, max-age=60' })
  const heads = await Promise.all(['lost', 'found'].map((name) => send(`${url}/${name}`, { method: 'HEAD' })))
  expect(heads.map((head) => head.status)).toEqual([404, 200])
})

test('files whose store is slow do not keep others from JSON, and are limited', async () => {
  const stored = Promise.withResolvers<Uint8Array>()
  let reading = 0
  const read = () => {
    reading += 1
    return stored.promise
  }
  const quick = route({
    method: 'get',
    path: '/quick',
    operationId: 'quick',
    summary: 'Answers at once',
    description: 'Answers at once.',
    responses: { 200: { description: 'An answer', body: z.unknown() } },
    handle: () => ({ status: 200, body: {} }),
  })
  const { url, port } = await startTestServer({ HTTP_MAX_IN_FLIGHT: '2' }, { routes: [get('slow', read), quick] })
  const sockets: Socket[] = []
  for (let asked = 1; asked <= 256; asked += 1) {
    sockets.push(await sendRaw(port, 'GET /slow HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'))
    await waitFor(() => expect(reading).toBe(asked))
  }
  expect((await send(`${url}/quick`)).status).toBe(200)
  expect((await send(`${url}/slow`)).status).toBe(429)
  stored.resolve(Buffer.from('abc'))
  for (const socket of sockets) expect(String(await once(socket, 'data'))).toContain(' 200 OK')
  expect((await send(`${url}/slow`)).status).toBe(200)
})

test('a client that sends its whole file before it reads gets the refusal at once', async () => {
  const maxBytes = 16_000_000 // more than the system's buffers hold
  const refuse = route({
    method: 'put',
    path: '/files',
    operationId: 'refuse',
    summary: 'Refuses files',
    description: 'Refuses files.',
    body: uploadOf({ description: 'A file.', mediaTypes: ['text/plain'], maxBytes }),
    responses: { 200: { description: 'An answer', body: z.unknown() } },
    handle: async ({ body }) => {
      for await (const _ of body.chunks) throw notFound('It is refused at its first bytes.')
      return { status: 200, body: {} }
    },
  })
  const { port } = await startTestServer({}, { routes: [refuse] })
  const head = `PUT /files HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: text/plain\r\ncontent-length: ${maxBytes}\r\n\r\n`
  const socket = await sendRaw(port, head)
  await new Promise<void>((resolve) => socket.write(Buffer.alloc(maxBytes), () => resolve()))
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toContain('404 Not Found')
})
