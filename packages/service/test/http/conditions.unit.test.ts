/** A route that changes something and checks no conditions refuses a request with one. */
import { expect, test } from 'vitest'
import { send, startTestServer } from './test-server.ts'

test.each([['If-Match'], ['If-None-Match']])('%s is not ignored', async (name) => {
  const { url } = await startTestServer()
  const headers = { [name]: '*' }
  const refused = await send(`${url}/things/1/cancel`, { method: 'POST', headers })
  expect([refused.status, JSON.parse(refused.body)]).toMatchObject([
    412,
    { type: '/docs/problems#precondition-failed', detail: expect.stringContaining(name) },
  ])
})

test('conditions that have no meaning here are ignored (RFC 9110, sections 13.1.3 and 13.1.4)', async () => {
  const { url } = await startTestServer()
  const date = 'Sat, 29 Oct 1994 19:43:31 GMT'
  const headers = { 'if-unmodified-since': date, 'if-modified-since': date }
  expect((await send(`${url}/things/1/cancel`, { method: 'POST', headers })).status).toBe(200)
})
