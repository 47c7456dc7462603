/** Routes that accept and return files. */

import { buffer } from 'node:stream/consumers'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { route } from '../../src/http/route.ts'
import { uploadOf } from '../../src/http/upload.ts'
import { send, sendRaw, startTestServer } from './test-server.ts'

const file = { mediaType: 'text/plain', etag: '"abc"' }

const start = async () => {
  const put = route({
    method: 'put',
    path: '/files/{name}',
    operationId: 'putFile',
    summary: 'Takes a file',
    description: 'Takes a file.',
    params: z.strictObject({ name: z.string() }),
    body: uploadOf({ description: 'A file.', mediaTypes: ['text/plain'], maxBytes: 10 }),
    responses: { 200: { description: 'Its size', body: z.int() } },
    handle: async ({ body }) => ({ status: 200, body: (await buffer(body.chunks)).length }),
  })
  const get = route({
    method: 'get',
    path: '/files/{name}',
    operationId: 'getFile',
    summary: 'Returns a file',
    description: 'Returns a file.',
    params: z.strictObject({ name: z.string() }),
    responses: { 200: { description: 'The file', file: ['text/plain'] } },
    handle: () => ({ status: 200, file: { ...file, read: async () => Buffer.from('abc') } }),
  })
  return startTestServer({}, { routes: [put, get] })
}

const put = (url: string, body: string, headers: Record<string, string> = {}) =>
  send(`${url}/files/a`, { method: 'PUT', body, headers: { 'content-type': 'text/plain', ...headers } })

test('a file up to the limit is read, even if it is invalid JSON', async () => {
  const { url } = await start()
  expect(await put(url, '{"a":1,,,}')).toMatchObject({ status: 200, body: expect.stringContaining('10') })
})

test('a file may have the content encoding identity, as JSON may', async () => {
  const { url } = await start()
  expect(await put(url, 'abc', { 'content-encoding': 'identity' })).toMatchObject({ status: 200, body: '3' })
})

test.each<[number, string, Record<string, string>]>([
  [413, '12345678901', {}],
  [415, '{}', { 'content-type': 'application/json' }],
  [415, 'abc', { 'content-encoding': 'gzip' }],
  [415, '', {}],
])('status %i for the body %j with %j', async (status, body, headers) => {
  const { url } = await start()
  expect((await put(url, body, headers)).status).toBe(status)
})

test('more than 32 uploads at a time get 429, and others do not wait for them', async () => {
  const { url, port } = await start()
  const begin = 'PUT /files/a HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\na'
  const sockets = await Promise.all(Array.from({ length: 32 }, () => sendRaw(port, begin)))
  await waitFor(async () => expect((await put(url, 'ab')).status).toBe(429))
  expect((await send(`${url}/files/a`)).status).toBe(200)
  for (const socket of sockets) socket.destroy()
  await waitFor(async () => expect((await put(url, 'ab')).status).toBe(200))
})

test('a client that has the file gets 304', async () => {
  const { url } = await start()
  const get = (headers: Record<string, string>, method = 'GET') => send(`${url}/files/a`, { method, headers })
  expect(await get({})).toMatchObject({ status: 200, body: 'abc', headers: { etag: '"abc"', 'content-length': '3' } })
  for (const known of ['"abc"', 'W/"abc"', '"other", "abc"', '*'])
    expect(await get({ 'if-none-match': known, 'cache-control': 'no-cache' })).toMatchObject({ status: 304, body: '' })
  expect((await get({ 'if-none-match': '"other"' })).status).toBe(200)
  expect(await get({}, 'HEAD')).toMatchObject({ status: 200, body: '', headers: { 'content-length': '3' } })
  expect((await get({ accept: 'application/json' })).status).toBe(406)
})
