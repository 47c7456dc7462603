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

/** A service that answers each request with its method, path, content type, operator, condition and body. */
const startService = async (status = 200, headers: Record<string, string> = {}): Promise<number> => {
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('')
    const { 'content-type': type, 'x-operator': operator, 'if-match': match } = request.headers
    response.writeHead(status, headers).end(JSON.stringify([request.method, request.url, type, operator, match, body]))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const commands = [...page.matchAll(/^ask .*$/gm)]

test.each([
  [1, 'order', ['GET', '/orders?stuck=true', 'application/json', 'ada', null, '']],
  [2, 'payment', ['GET', '/dead-letters?status=parked', 'application/json', 'ada', null, '']],
  [3, 'inventory', ['GET', '/stock/mug', 'application/json', 'ada', null, '']],
  [
    4,
    'inventory',
    ['PUT', '/stock/mug', 'application/json', 'ada', '"2jmj7l5rSw0yVb_vlWAYkK_YBwk"', '{ "onHand": 40 }'],
  ],
])('command %i of the page calls %s', async (number, service, request) => {
  const [command = ''] = commands[number - 1] ?? []
  const script = `${docker}\n${declaration}\n${command.replace(/\d+(?=\/)/, String(await startService()))}`
  const { stdout } = await promisify(execFile)('sh', ['-euc', script], { env: { ...process.env, USER: 'ada' } })
  const [container, answer = ''] = stdout.trim().split('\n')
  expect(container).toBe(`docker compose exec -T ${service}`)
  expect(JSON.parse(answer)).toEqual(request)
})

test('INDEX selects one of several instances', async () => {
  const script = `docker() { echo "docker $1 $2 $3 $4 $5"; }\n${declaration}\nINDEX=2 ask payment 9000/queues`
  const { stdout } = await promisify(execFile)('sh', ['-euc', script], { env: { ...process.env, USER: 'ada' } })
  expect(stdout).toBe('docker compose exec -T --index=2 payment\n')
})

test('the command prints the ETag, for If-Match', async () => {
  const port = await startService(200, { etag: '"x"' })
  const { stderr } = await promisify(execFile)('sh', [
    '-euc',
    `${docker}\n${declaration}\nask inventory ${port}/stock/mug`,
  ])
  expect(stderr).toBe('200 "x"\n')
})

test('the command prints the status and the response of a failed call, and fails', async () => {
  const script = `${docker}\n${declaration}\nask order '${await startService(409)}/orders/1'`
  const call = promisify(execFile)('sh', ['-euc', script], { env: { ...process.env, USER: '' } })
  const stdout = expect.stringContaining('["GET","/orders/1","application/json",null,null,""]')
  await expect(call).rejects.toMatchObject({ code: 1, stderr: '409\n', stdout })
})
