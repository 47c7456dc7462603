/** The host name of a database leads to another server while connections are open. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { inProcessBroker } from '@quadrille/messaging'
import { faultOf, openDatabase } from '@quadrille/postgres'
import { startOtherCluster, startPrivatePostgres } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { startService } from '../../src/index.ts'
import { noFaults, trackerService } from '../tally/tracker-service.ts'

/** By default its cluster is a physical copy of another one, as that of a promoted standby is. */
const startServer = async (start = startPrivatePostgres) => {
  const { url, stop } = await start()
  onTestFinished(stop)
  return { url, query: (text: string) => runOn(url, text) }
}

const runOn = async (url: string, text: string) => {
  const database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  return database.query(text).finally(() => database.end())
}

/** A name for the server of a URL, which can be moved to another server. Open connections remain. */
const nameFor = async (first: string) => {
  let port = new URL(first).port
  const proxy = createServer((client) => {
    const server = connect(Number(port), '127.0.0.1')
    client.on('error', () => server.destroy()).pipe(server)
    server.on('error', () => client.destroy()).pipe(client)
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void proxy.close())
  const address = proxy.address()
  const url = Object.assign(new URL(first), { port: typeof address === 'object' ? address?.port : '' }).href
  const moveTo = (server: string) => {
    port = new URL(server).port
  }
  return { url, moveTo }
}

/** Ends the sessions of pools with this name, so that their next statements open new ones. */
const endSessions = (name: string) =>
  `select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = '${name}'`

test('connections follow a name to a copy of their cluster, as in a failover, but not to another cluster', async () => {
  const primary = await startServer()
  const [standby, another] = [await startServer(), await startServer(() => startOtherCluster(primary.url))]
  const { url, moveTo } = await nameFor(primary.url)
  const moved: Error[] = []
  const database = openDatabase({
    url,
    applicationName: 'moving',
    onIdleError: () => undefined,
    onMoved: (error) => moved.push(error),
  })
  onTestFinished(() => database.end())
  const createTable = (name: string) => database.query(`create table if not exists ${name} ()`)
  await createTable('before')

  moveTo(standby.url)
  await primary.query(endSessions('moving'))
  await waitFor(() => createTable('after'))
  expect(await standby.query('select from after')).toEqual([])
  expect(moved).toEqual([])

  moveTo(another.url)
  await standby.query(endSessions('moving'))
  const refused = await waitFor(async () => {
    const error: unknown = await createTable('elsewhere').catch((thrown: unknown) => thrown)
    expect(moved).toContain(error)
    return error
  })
  expect(faultOf(refused)).toBe('unavailable')
  expect(refused).toEqual(
    expect.objectContaining({ message: expect.stringMatching(/ \d+\.postgres instead of \d+\./) }),
  )
  await expect(another.query('select from elsewhere')).rejects.toThrow('does not exist')

  moveTo(standby.url)
  await waitFor(() => createTable('after'))
})

test('a service ends when its DATABASE_URL leads to another cluster', async () => {
  const before = await startServer()
  const another = await startServer(() => startOtherCluster(before.url))
  const { url, moveTo } = await nameFor(before.url)
  const broker = inProcessBroker({ onError: () => undefined })
  onTestFinished(() => broker.close())
  const fatal: Error[] = []
  const service = await startService(trackerService(noFaults(), []), {
    broker,
    env: { DATABASE_URL: url, PORT: '0' },
    log: pino({ level: 'silent' }),
    onFatal: (error) => fatal.push(error),
  })
  onTestFinished(() => service.stop())
  moveTo(another.url)
  await before.query(endSessions('quadrille-tracker'))
  const line = expect.stringMatching(/^DATABASE_URL leads to the database .+: stop all instances of a service before/)
  await waitFor(() => expect(fatal).toContainEqual(expect.objectContaining({ message: line })))
})
