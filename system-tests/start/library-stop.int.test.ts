/** The stop of the example that runs all its services in one process. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { isRunning, startEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { Client } from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { serverIn } from './server-in.ts'
import { newFolder, startIn, untilPrinted } from './started.ts'

/** Begins a request, and does not end it: a stop waits for it, for 3 s. */
const beginRequest = async (url: string): Promise<Socket> => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  const head = ['PUT /loans/1 HTTP/1.1', 'host: 127.0.0.1', 'content-type: application/json', 'content-length: 2']
  socket.write(`${head.join('\r\n')}\r\nexpect: 100-continue\r\n\r\n`)
  await once(socket, 'data') // 100: the service has the request
  return socket
}

const script = 'examples/library/src/main.ts'

/** A Postgres in which each `create database` waits. */
const waitingPostgres = async () => {
  const server = await startEmbeddedPostgres({ directory: newFolder(), log: () => undefined })
  const client = new Client(server.url)
  onTestFinished(async () => {
    await client.end()
    await server.stop()
  })
  await client.connect()
  await client.query('begin; lock table pg_database in share mode')
  const waiting = "select from pg_locks where relation = 'pg_database'::regclass and not granted"
  return { url: server.url, untilWaiting: () => waitUntil(async () => (await client.query(waiting)).rowCount === 1) }
}

test('further signals during a stop change nothing', async () => {
  const folder = newFolder()
  const library = startIn(folder, [script], { PORT: '0' })
  await untilPrinted(library, 'The library is open.')
  const { pid } = serverIn(folder)
  const url = /loans +(http:\/\/\S+)\/docs/.exec(library.output())?.[1] ?? ''
  const request = await beginRequest(url)
  library.child.kill('SIGINT')
  await waitFor(() => expect(fetch(url)).rejects.toThrow())
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGHUP'] as const) library.child.kill(signal)
  request.destroy()
  expect(await library.exit).toBe(0)
  expect(isRunning(pid)).toBe(false)
})

test('a stop ends in time also during a start that waits for Postgres', async () => {
  const postgres = await waitingPostgres()
  const env = { PORT: '0', DATABASE_URL: postgres.url, AMQP_URL: inject('rabbitmqUrl') }
  const library = startIn(newFolder(), [script], env)
  await postgres.untilWaiting()
  library.child.kill('SIGINT')
  expect(await library.exit).toBe(1)
})
