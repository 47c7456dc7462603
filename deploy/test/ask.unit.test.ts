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

/** A service that answers each request with its method, path, content type, operator and body. */
const startService = async (status = 200): Promise<number> => {
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('')
    const { 'content-type': type, 'x-operator': operator } = request.headers
    response.writeHead(status).end(JSON.stringify([request.method, request.url, type, operator, body]))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

test.each([
  ['order', ['GET', '/orders?stuck=true', 'application/json', 'ada', '']],
  ['payment', ['GET', '/dead-letters?status=parked', 'application/json', 'ada', '']],
  ['inventory', ['PUT', '/stock/mug', 'application/json', 'ada', '{ "onHand": 40 }']],
])('the command of the page calls %s', async (service, request) => {
  const [, before, command = ''] = new RegExp(`^(ask ${service} '?)\\d+(/.*)$`, 'm').exec(page) ?? []
  const script = `${docker}\n${declaration}\n${before}${await startService()}${command}`
  const { stdout } = await promisify(execFile)('sh', ['-euc', script], { env: { ...process.env, USER: 'ada' } })
  const [container, answer = ''] = stdout.trim().split('\n')
  expect(container).toBe(`docker compose exec -T ${service}`)
  expect(JSON.parse(answer)).toEqual(request)
})

test('the command prints the status and the response of a failed call, and fails', async () => {
  const script = `${docker}\n${declaration}\nask order '${await startService(409)}/orders/1'`
  const call = promisify(execFile)('sh', ['-euc', script], { env: { ...process.env, USER: '' } })
  const stdout = expect.stringContaining('["GET","/orders/1","application/json",null,""]')
  await expect(call).rejects.toMatchObject({ code: 1, stderr: '409\n', stdout })
})
