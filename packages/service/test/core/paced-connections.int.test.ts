/** Connections to a server that does not accept them. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { faultOf, openDatabase } from '@quadrille/postgres'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'

/** The server's message ReadyForQuery, without a transaction. */
const ready = Buffer.from('5a0000000549', 'hex')

/**
 * A database behind a proxy that counts connections, and resets them unless it accepts them. It leaves `hanging` ones unanswered. If
 * it `breaks` them, it resets them after the login.
 */
const aDatabase = async () => {
  const url = new URL(inject('postgresUrl'))
  const port = Number(url.port)
  const state = { accepts: false, breaks: false, hanging: 0, hung: [] as Socket[], connections: 0 }
  const forward = (client: Socket) => {
    const server = connect(port, url.hostname)
    server.on('error', () => client.destroy()).pipe(client)
    server.on('data', (data) => state.breaks && data.includes(ready) && client.resetAndDestroy())
    client.on('error', () => server.destroy()).pipe(server)
  }
  const proxy = createServer((client) => {
    state.connections += 1
    if (state.hung.length < state.hanging) state.hung.push(client.on('error', () => undefined).resume())
    else if (state.accepts) forward(client)
    else client.on('error', () => undefined).resetAndDestroy()
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  const address = proxy.address()
  url.port = String(typeof address === 'object' ? address?.port : '')
  const database = openDatabase({ url: url.href, applicationName: 'test', onIdleError: () => undefined })
  onTestFinished(async () => {
    await database.end()
    proxy.close()
  })
  const select = () => database.query('select 1')
  return { state, select }
}

test('a server that resets connections gets few of them, however many statements fail', async () => {
  const { state, select } = await aDatabase()
  for (let round = 0; round < 20; round += 1) {
    const results = await Promise.allSettled(Array.from({ length: 100 }, select))
    const faults = results.map((result) => result.status === 'rejected' && faultOf(result.reason))
    expect(new Set(faults)).toEqual(new Set(['unavailable']))
  }
  expect(state.connections).toBeLessThan(100) // not 2,000
  state.accepts = true
  await waitFor(select)
  await Promise.all(Array.from({ length: 100 }, select))
})

test('a connection that breaks after the login fails its statement, and not the process', async () => {
  const { state, select } = await aDatabase()
  Object.assign(state, { accepts: true, breaks: true })
  const error: unknown = await select().catch((thrown: unknown) => thrown)
  expect(faultOf(error)).toBe('unavailable')
  state.breaks = false
  await waitFor(select)
})

test('statements use an open connection while no other one can be opened', async () => {
  const { state, select } = await aDatabase()
  state.accepts = true
  await select()
  state.accepts = false
  const [first, second] = await Promise.allSettled([select(), select()])
  expect([first.status, second.status]).toEqual(['fulfilled', 'rejected'])
  await select()
})

test('a connection that hangs delays no other ones, and its failure does not count after their success', async () => {
  const whileOneHangs = async () => {
    const { state, select } = await aDatabase()
    await expect(select()).rejects.toThrow()
    Object.assign(state, { accepts: true, hanging: 1 })
    const attempts: Promise<unknown>[] = []
    await waitUntil(() => {
      attempts.push(select().catch(() => undefined))
      return state.hung.length === 1
    })
    await waitFor(select)
    const hung = state.hung.find(({ destroyed }) => !destroyed)
    return hung && { hung, attempts, select }
  }
  const { hung, attempts, select } = await waitUntil(whileOneHangs) // given up after 5 s, for which the machine may pause
  hung.resetAndDestroy()
  await Promise.all(attempts)
  await Promise.all([select(), select()])
})
