/** The commands of docs/follow-an-order.md. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { newOrderId } from '@quadrille/events'
import { openDatabase } from '@quadrille/postgres'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, it, onTestFinished } from 'vitest'
import { startOrders } from '../orders-by-http.ts'
import { insert } from './transactions.ts'

const page = readFileSync(new URL('../../../../docs/follow-an-order.md', import.meta.url), 'utf8')
const commands = [...page.matchAll(/^curl .+$/gm)].map(([command]) => command)

it('the commands of the page print events', async () => {
  const { url, place } = await startOrders()
  const id = await place()
  expect(commands).toHaveLength(2)
  for (const command of commands) {
    const child = spawn('sh', ['-c', `exec ${command.replace('http://127.0.0.1:3000', url)}`], {
      env: { ...process.env, ID: id },
    })
    onTestFinished(() => void child.kill())
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    await waitFor(() => expect(output).toMatch(/^id: start\nretry: \d+\n\nid: .+\ndata: \{.+"type":"OrderPlaced"/))
  }
})

/** Forwards streams to the service. `cutAndRefuse` ends them, and then refuses the next one with 503, after `meanwhile`. */
const startProxy = async (serviceUrl: string) => {
  const open = new Set<ServerResponse>()
  let [begun, beforeRefusal] = [0, undefined as (() => Promise<unknown>) | undefined]
  const server = createServer(async (incoming, response) => {
    if (beforeRefusal) {
      await beforeRefusal()
      beforeRefusal = undefined
      return response.writeHead(503).end()
    }
    const { accept = '*/*', 'last-event-id': id } = incoming.headers
    const headers = { accept, ...(id !== undefined && { 'last-event-id': String(id) }) }
    const forwarded = request(`${serviceUrl}${incoming.url}`, { headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers)
      open.add(response)
      answer.once('data', () => (begun += 1)).pipe(response)
      response.once('close', () => forwarded.destroy())
    })
    forwarded.on('error', () => undefined).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close().closeAllConnections())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    untilBegun: () => waitFor(() => expect(begun).toBe(1)),
    cutAndRefuse: (meanwhile: () => Promise<unknown>) => {
      beforeRefusal = meanwhile
      for (const response of open) response.end()
    },
  }
}

const [example = expect.unreachable('the page has no example')] = /(?<=^```js\n).+?(?=^```$)/ms.exec(page) ?? []

/** Runs the example as on a page of this origin. It does not wait for 5 s. */
const runExample = (origin: string) => {
  const environment = `
    const open = EventSource
    const later = setTimeout
    setInterval(() => undefined, 60_000) // a page stays open
    globalThis.EventSource = class extends open { constructor(path) { super(new URL(path, '${origin}')) } }
    globalThis.setTimeout = (run, ms, ...more) => later(run, ms === 5_000 ? 50 : ms, ...more)
  `
  const child = spawn(process.execPath, ['--experimental-eventsource', '--eval', `${environment}\n${example}`])
  onTestFinished(() => void child.kill())
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  return () => output
}

it('the example for a browser gets an event that was stored while its first stream was cut and the next one refused', async () => {
  const { url, databaseUrl } = await startOrders()
  const database = openDatabase({ url: databaseUrl, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  const proxy = await startProxy(url)
  const output = runExample(proxy.url)
  await proxy.untilBegun()
  const orderId = newOrderId()
  proxy.cutAndRefuse(() => insert(database, orderId, 'OrderFulfilled'))
  await waitFor(() => expect(output()).toBe(`${orderId}\n`))
})
