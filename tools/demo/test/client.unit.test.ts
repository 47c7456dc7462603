import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openDemo } from '../src/client.ts'

test.each(['localhost:3006', '127.0.0.1:3006', 'http://127.0.0.1:99999', 'ftp://127.0.0.1'])(
  'the URL %s is refused in one line',
  (url) => {
    expect(() => openDemo(url)).toThrow(`DEMO_URL is wrong: must be like http://127.0.0.1:3006, but is ${url}.`)
  },
)

test('a server that is not the demo control is named, with the solution', async () => {
  const server = createServer((_request, response) => response.end('<!doctype html>')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // a listening TCP server has an address object
  await expect(openDemo(url).view()).rejects.toThrow(
    `The answer of ${url}/actions is not complete, or not JSON. Run npm start, or set DEMO_URL to its demo control.`,
  )
})
