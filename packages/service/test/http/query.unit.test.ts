/** A query parameter that a route does not have is refused. The paths for probes and people ignore it. */
import { expect, test } from 'vitest'
import { send, startTestServer } from './test-server.ts'

test.each([
  ['POST', '/things/1/cancel?dryRun=true', '/dryRun'],
  ['GET', '/megabytes/0?x=1&x=2', '/x'],
  ['GET', '/whereabouts?~/=', '/~0~1'],
  ['GET', '/whereabouts?__proto__=1', '/__proto__'],
])('a route without parameters refuses %s %s', async (method, path, pointer) => {
  const { url } = await startTestServer()
  const { status, body } = await send(url + path, { method })
  expect([status, JSON.parse(body).errors]).toMatchObject([422, [{ pointer }]])
})

test.each(['/health/live', '/metrics', '/openapi.json', '/docs', '/docs/problems', '/docs/docs.css'])(
  '%s ignores a parameter, such as that of a scraper or a cache',
  async (path) => {
    const { url } = await startTestServer()
    expect((await send(`${url}${path}?collect=all`)).status).toBe(200)
  },
)
