/** The advice if a client of the service does not trust a server. The errors are those of real handshakes. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { connect, createServer as createTlsServer } from 'node:tls'
import { createAuthority } from '@quadrille/testing'
import { expect, onTestFinished, test } from 'vitest'
import { adviceFor } from '../../src/errors/advice.ts'

const hour = 3_600_000
const within = (fromHours: number, untilHours: number) => ({
  from: new Date(Date.now() + fromHours * hour),
  until: new Date(Date.now() + untilHours * hour),
})

const [authority, other] = await Promise.all([createAuthority('ours'), createAuthority('another')])
const ca = authority.certificate

const tlsServer = ({ certificate, key }: { readonly certificate: string; readonly key: string }) =>
  createTlsServer({ cert: certificate, key })

/** The error of a client that trusts our authority and connects to the server at 127.0.0.1. */
const connectionError = async (server: Server): Promise<unknown> => {
  server.on('tlsClientError', () => undefined)
  server.on('connection', (client) => client.on('error', () => undefined))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const client = connect({ host: '127.0.0.1', port, ca })
  return new Promise((resolve, reject) => {
    client.on('error', resolve).on('secureConnect', () => reject(new Error('the connection succeeded')))
  })
}

const here = ['127.0.0.1']

test.each([
  ['from another authority', async () => tlsServer(await other.issueFor(here)), /^set NODE_EXTRA_CA_CERTS to a file/],
  ['for another host', async () => tlsServer(await authority.issueFor(['127.0.0.2'])), /^use a host in the URL/],
  ['that has expired', async () => tlsServer(await authority.issueFor(here, within(-48, -24))), /valid now/],
  ['that is not valid yet', async () => tlsServer(await authority.issueFor(here, within(24, 48))), /valid now/],
])('a certificate %s', async (_, serve, advice) => {
  expect(adviceFor(await connectionError(await serve()))).toMatch(advice)
})

test('a server without TLS', async () => {
  const plain = createServer((client) => void client.end('AMQP\0\0\x09\x01'))
  expect(adviceFor(await connectionError(plain))).toMatch(/^use a port in the URL/)
})

test('a statement that Postgres has cancelled', () => {
  const error = new Error('canceling statement due to statement timeout')
  expect(adviceFor(Object.assign(error, { code: '57014' }))).toMatch(/^find the statement in the log of Postgres/)
})

test('an error without advice', () => {
  expect(adviceFor(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))).toBeUndefined()
  expect(adviceFor('a reason')).toBeUndefined()
})

test('a file that cannot be read', async () => {
  const error = await readFile('/nowhere/ca.pem').catch((reason: unknown) => reason)
  expect(adviceFor(error)).toMatch(/^make the file readable/)
})
