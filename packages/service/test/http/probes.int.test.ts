/** Probes of health and metrics need one statement per second, at any rate of requests. */

import { hash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, connect as open, type Socket } from 'node:net'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openTracker, type Tracker } from '../tally/tracker.ts'

let tracker: Tracker
beforeAll(async () => {
  tracker = await openTracker('the in-process broker')
})
afterAll(() => tracker.end())

/** In a Bind message: the unnamed portal, and the name of the prepared statement that readiness executes. */
const bound = `\0${hash('sha1', 'select $1::text as echoed')}\0`

/** The data of a TCP packet at the usual MTU of 1,500 bytes. */
const packetBytes = 1_460

/**
 * A proxy to Postgres that counts the queries of readiness, can hang the connections on which they were sent, and can lose what is
 * larger than a packet, with all that follows on its connection.
 */
const probeProxy = async (databaseUrl: string) => {
  const { hostname, port } = new URL(databaseUrl)
  let probes = 0
  let hang = (): void => undefined
  let isLosing = false
  const hung = new WeakSet<Socket>()
  const proxy = createServer((client) => {
    const server = open(Number(port), hostname)
    client.on('data', (chunk: Buffer) => {
      const found = chunk.toString('latin1').split(bound).length - 1
      probes += found
      if (found > 0) hang = () => void hung.add(client)
      if (isLosing && chunk.length > packetBytes) hung.add(client)
      if (!hung.has(client)) server.write(chunk)
    })
    client.on('end', () => server.end())
    server.pipe(client)
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const)
      one.on('error', () => other.destroy())
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void proxy.close())
  await once(proxy, 'listening')
  const address = proxy.address()
  const through = new URL(databaseUrl)
  through.port = String(typeof address === 'object' ? address?.port : '')
  const loseLarge = (isOn: boolean) => {
    isLosing = isOn
  }
  return { url: through.href, probes: () => probes, hang: () => hang(), loseLarge }
}

test('a flood of pipelined probes needs few statements, and does not delay other requests', async () => {
  const proxy = await probeProxy(tracker.databaseUrl)
  await tracker.restart({ DATABASE_URL: proxy.url })
  const before = proxy.probes()
  const begun = performance.now()
  const floods = Array.from({ length: 10 }, () => flood(new URL(tracker.url()), 22))
  const slowest = await Promise.all([1, 2, 3].map(() => timed(() => tracker.call('GET', '/dead-letters'))))
  const statuses = (await Promise.all(floods)).flat()
  const seconds = (performance.now() - begun) / 1_000
  expect(statuses).toHaveLength(220)
  expect(statuses).toContain('200')
  expect(['200', '503']).toEqual(expect.arrayContaining([...new Set(statuses)])) // 503 if a slow machine needs 2 s for a probe
  expect(proxy.probes() - before).toBeLessThanOrEqual(2 + 2 * seconds)
  expect(Math.min(...slowest)).toBeLessThan(20_000) // a busy machine needs seconds for the flood
})

test('an instance stays ready while its statements use all connections of the pool', async () => {
  await tracker.restart({ DATABASE_CONNECTIONS: '2' })
  const busy = await tracker.database.transaction(async (sql) => {
    await sql.query('lock table dead_letter in access exclusive mode')
    const lists = Array.from({ length: 12 }, () => tracker.call('GET', '/dead-letters'))
    const { status } = await tracker.call('GET', '/health/ready')
    return { status, lists }
  })
  expect(busy.status).toBe(200)
  await Promise.all(busy.lists)
})

test('an instance is soon ready again after the connection of its probes hangs', async () => {
  const proxy = await probeProxy(tracker.databaseUrl)
  await tracker.restart({ DATABASE_URL: proxy.url })
  await untilStatus(200)
  proxy.hang()
  await untilStatus(503)
  expect(await timed(() => untilStatus(200))).toBeLessThan(20_000)
})

test('an instance is not ready while the network loses large packets', async () => {
  const proxy = await probeProxy(tracker.databaseUrl)
  await tracker.restart({ DATABASE_URL: proxy.url })
  await untilStatus(200)
  proxy.loseLarge(true)
  await untilStatus(503)
  proxy.loseLarge(false)
  await untilStatus(200)
})

const untilStatus = (status: number) =>
  waitFor(async () => expect(await tracker.call('GET', '/health/ready')).toMatchObject({ status }))

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

/** Pipelines this many requests for readiness and metrics over one connection. Resolves to the statuses. */
const flood = async ({ hostname, port }: URL, requests: number): Promise<string[]> => {
  const socket = open(Number(port), hostname)
  const probe = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${more}\r\n`
  socket.write((probe('/health/ready') + probe('/metrics')).repeat(requests / 2 - 1))
  socket.write(probe('/metrics') + probe('/health/ready', 'connection: close\r\n'))
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status)
}
