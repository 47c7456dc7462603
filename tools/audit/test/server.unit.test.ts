/** The HTTP interface of the audit. */

import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { protectiveHeaders } from '@quadrille/service/plain-server'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAddress } from '../src/command/serve.ts'
import { createAuditRuns } from '../src/server/audit-runs.ts'
import { type AuditServer, startAuditServer } from '../src/server/audit-server.ts'

let server: AuditServer
let count = 0
beforeAll(async () => {
  const examine = async () => {
    count += 1
    return { ok: true, findings: [] }
  }
  server = await startAuditServer(createAuditRuns({ examine }), { port: 0, allowedHosts: ['audit'] })
})
afterAll(() => server.stop())

const call = (path: string, init: RequestInit = {}) => fetch(server.url + path, init)

test('reading the state starts no run, and an unchanged state has no body', async () => {
  const first = await call('/audit')
  expect(await first.json()).toEqual({ running: null, result: null, failure: null })
  const etag = first.headers.get('etag') ?? ''
  expect((await call('/audit', { headers: { 'if-none-match': etag } })).status).toBe(304)
  expect(count).toBe(0)
})

test('a run starts on demand, and by its age only if it is due', async () => {
  expect((await call('/audit', { method: 'POST' })).status).toBe(200)
  await waitFor(async () => expect(await (await call('/audit')).json()).toMatchObject({ result: { ok: true } }))
  expect(count).toBe(1)
  await call('/audit?olderThanSeconds=30', { method: 'POST' })
  expect(count).toBe(1)
  await call('/audit', { method: 'POST' })
  expect(count).toBe(2)
})

test('the answer to another method lists those that are allowed', async () => {
  expect((await call('/audit', { method: 'PUT' })).headers.get('allow')).toBe('GET, POST')
})

test('no answer may be rendered, sniffed, embedded or cached', async () => {
  const etag = (await call('/audit')).headers.get('etag') ?? ''
  const answers = [
    await call('/audit'),
    await call('/audit', { headers: { 'if-none-match': etag } }),
    await call('/nowhere'),
  ]
  expect(answers.map(({ status }) => status)).toEqual([200, 304, 404])
  for (const { headers } of answers) expect(Object.fromEntries(headers)).toMatchObject(protectiveHeaders)
})

test('a port in use is reported with its variable', async () => {
  const port = Number(new URL(server.url).port)
  await expect(startAuditServer(createAuditRuns({ examine: () => Promise.reject() }), { port })).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is in use. Set AUDIT_PORT to another one`,
  )
})

test.each([
  ['/', 'GET', {}, 404],
  ['//', 'GET', {}, 404],
  ['/audit/1', 'GET', {}, 404],
  ['/audit', 'DELETE', {}, 405],
  ['/audit?olderThanSeconds=soon', 'POST', {}, 422],
  ['/audit', 'POST', { origin: 'http://evil.example' }, 403],
  ['/audit', 'GET', { 'sec-fetch-site': 'cross-site' }, 403],
])('%s with %s and %j is refused', async (path, method, headers, status) => {
  const before = count
  const response = await call(path, { method, headers })
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ status })
  expect(count).toBe(before)
})

test('the name in ALLOWED_HOSTS is served, and another one is not', async () => {
  const statusFor = async (host: string) => {
    const [response] = (await once(get(`${server.url}/audit`, { headers: { host } }), 'response')) as [IncomingMessage]
    response.resume()
    return response.statusCode
  }
  expect(await statusFor('audit:3007')).toBe(200)
  expect(await statusFor('evil.example')).toBe(403)
})

test('the address is 127.0.0.1:3007, unless variables set another one', () => {
  expect(readAddress({})).toEqual({ host: '127.0.0.1', port: 3007, allowedHosts: [] })
  expect(readAddress({ HOST: '0.0.0.0', AUTH: 'off', ALLOWED_HOSTS: 'audit', AUDIT_PORT: '0' })).toEqual({
    ...{ host: '0.0.0.0', port: 0, allowedHosts: ['audit'] },
  })
  for (const AUDIT_PORT of ['x', '65536', '-1'])
    expect(() => readAddress({ AUDIT_PORT })).toThrow('AUDIT_PORT is wrong: must be a whole number from 0 to 65535')
})

test('it does not listen beyond the loopback, unless AUTH=off confirms it', () => {
  expect(() => readAddress({ HOST: '0.0.0.0' })).toThrow('HOST=0.0.0.0 needs AUTH=off or a loopback address')
})
