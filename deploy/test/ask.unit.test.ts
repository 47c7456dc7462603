/** The function of docs/containers.md that calls a service in its container, with a stand-in for Docker. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { read } from './files.ts'

const page = read('docs/containers.md')
const [declaration = ''] = /^ask\(\) \{.*\}$/m.exec(page) ?? []

/** Prints the arguments that select the container, and runs the program here. */
const docker = 'docker() { echo "docker $1 $2 $3 $4"; shift 4; "$@"; }'

/** A service that answers each request with its method, path, content type and body. */
const startService = async (): Promise<number> => {
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('')
    response.end(JSON.stringify([request.method, request.url, request.headers['content-type'], body]))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

test.each([
  ['order', ['GET', '/orders?stuck=true', 'application/json', '']],
  ['payment', ['GET', '/dead-letters?status=parked', 'application/json', '']],
  ['inventory', ['PUT', '/stock/mug', 'application/json', '{ "onHand": 40 }']],
])('the command of the page calls %s', async (service, request) => {
  const [, before, command = ''] = new RegExp(`^(ask ${service} '?)\\d+(/.*)$`, 'm').exec(page) ?? []
  const script = `${docker}\n${declaration}\n${before}${await startService()}${command}`
  const { stdout } = await promisify(execFile)('sh', ['-euc', script])
  const [container, answer = ''] = stdout.trim().split('\n')
  expect(container).toBe(`docker compose exec -T ${service}`)
  expect(JSON.parse(answer)).toEqual(request)
})
