/** Connections to Postgres that are lost while they are opened, or never open. */

import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { faultOf, migrate, openDatabase } from '@quadrille/postgres'
import { createTestDatabase } from '@quadrille/testing'
import { expect, inject, onTestFinished, test } from 'vitest'
import { commonConfig } from '../../src/runtime/config.ts'
import { openStorage } from '../../src/runtime/storage.ts'
import { createLogger } from '../../src/telemetry/log.ts'
import { post } from '../post.ts'
import { tracked } from '../tally/tracker-service.ts'

const database = async (): Promise<string> => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(() => drop())
  return url
}

const through = async (proxy: Server, url: string): Promise<string> => {
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void proxy.close())
  const address = proxy.address()
  return Object.assign(new URL(url), { port: typeof address === 'object' ? address?.port : '' }).href
}

/** The message of the server that the connection is open and idle. */
const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])

/** Delays the message that the connection is open until the server has closed it, so that the client gets both at once. */
const openThenTerminated = (url: string, terminate: () => Promise<unknown>): Server => {
  const { hostname, port } = new URL(url)
  return createServer((client) => {
    const server = connect(Number(port), hostname)
    client.on('error', () => server.destroy()).pipe(server)
    const held: Buffer[] = []
    server.on('data', (data: Buffer) => {
      if (held.length === 0 && !data.subarray(-6).equals(readyForQuery)) return client.write(data)
      if (held.push(data) === 1) void terminate()
      return true
    })
    server.on('error', () => client.destroy()).on('end', () => client.end(Buffer.concat(held)))
  })
}

test('a connection that is lost in the packet that opened it fails its statement, but not the process', async () => {
  const url = await database()
  const other = openDatabase({ url, applicationName: 'other', onIdleError: () => undefined })
  onTestFinished(() => other.end())
  const terminate = () =>
    other.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'terminated'")
  const terminated = openDatabase({
    url: await through(openThenTerminated(url, terminate), url),
    applicationName: 'terminated',
    onIdleError: () => undefined,
  })
  onTestFinished(() => terminated.end())
  const failed = await terminated.transaction(({ query }) => query('select 1')).catch((error: unknown) => error)
  expect(faultOf(failed)).toBe('unavailable')
})

test('a migration whose connection gets no answer waits for Postgres, as other statements do', async () => {
  const url = await database()
  const silent = createServer((client) => void client.on('error', () => undefined).resume())
  const migrations = {
    directory: new URL('../tally/migrations/', import.meta.url),
    table: 'migration',
  }
  const failed = await migrate(await through(silent, url), migrations).catch((error: unknown) => error)
  expect(faultOf(failed)).toBe('unavailable')
})

test('a user that Postgres rejects is an outage while the service runs, but fails the start', async () => {
  const url = Object.assign(new URL(await database()), { username: 'a_stranger' }).href
  const rejected = openDatabase({ url, applicationName: 'rejected', onIdleError: () => undefined })
  onTestFinished(() => rejected.end())
  expect(faultOf(await rejected.query('select 1').catch((error: unknown) => error))).toBe('unavailable')

  const starting = openStorage(tracked, {
    config: commonConfig.parse({ DATABASE_URL: url }),
    log: createLogger('silent', post),
    signal: new AbortController().signal,
    onFatal: () => undefined,
  })
  await expect(starting).rejects.toThrow(/a_stranger/)
})
