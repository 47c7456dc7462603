/** examples/python consumes events with another client, and each event has its effect once. */

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { aMessage, anOrder } from '@quadrille/shop-testing'
import { createVhost, ensurePython, manage } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { connect, type Options } from 'amqplib'
import { expect, inject, onTestFinished, test } from 'vitest'
import { urlOfDocumentedUser } from './documented-user.ts'
import { commandsOf, read, root } from './documents.ts'

const script = 'examples/python/order_counts.py'

const openVhost = async () => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(() => vhost.drop())
  return vhost
}

const newDatabase = () => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-python-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'order_counts.sqlite')
}

const start = (python: string, env: Record<string, string>) => {
  const child = spawn(python, [script], { cwd: root, env: { PATH: process.env['PATH'], ...env } })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk))
  const consuming = waitFor(() => expect(output).toContain('consuming'))
  return { child, consuming, exit: once(child, 'exit') }
}

const rows = (path: string, statement: string): unknown[] => {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    return database
      .prepare(statement)
      .all()
      .map((row) => ({ ...row }))
  } finally {
    database.close()
  }
}

/** Acts as the shop, which declares the exchange. */
const openPublisher = async (url: string) => {
  const connection = await connect(url)
  onTestFinished(() => connection.close())
  const channel = await connection.createConfirmChannel()
  await channel.assertExchange('order.events', 'fanout', { durable: true })
  return async (body: unknown, properties: Options.Publish = {}) => {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
    channel.publish('order.events', '', bytes, { deliveryMode: 2, ...properties })
    await channel.waitForConfirms()
  }
}

/** Reads the counts as the page describes, next to the database. */
const shownCounts = async (path: string): Promise<string> => {
  const command = commandsOf('docs/any-language.md').find((one) => one.startsWith('python3 -c')) ?? ''
  const { stdout } = await promisify(execFile)('sh', ['-ec', command], { cwd: dirname(path) })
  return stdout
}

const fulfilled = aMessage('OrderFulfilled', anOrder())
const withCustomer = (id: string): Buffer => Buffer.from(JSON.stringify(fulfilled).replace('"customer-1"', id))

/** Messages by their ids, in order. Each makes the consumer fail at every attempt, in a different way. */
const unreadable: Readonly<Record<string, unknown>> = {
  'nested too deep': Buffer.from('['.repeat(200_000)),
  'no event': 'no event',
  'of a future version': { ...fulfilled, schemaversion: 99 },
  'with an object as id': withCustomer('{}'),
  'with too large an id': withCustomer('1'.repeat(30)),
}

test('its code is short enough to be copied', () => {
  expect(read(script).split('\n').length).toBeLessThanOrEqual(80)
})

test('an event has its effect once, even if it is published twice and the consumer is killed', async () => {
  const python = await ensurePython()
  const [vhost, path] = [await openVhost(), newDatabase()]
  const env = { AMQP_URL: await urlOfDocumentedUser('docs/any-language.md', 'order-counts', vhost), DATABASE: path }
  const publish = await openPublisher(vhost.url)
  const first = start(python, env)
  await first.consuming
  const queue = await manage(inject('rabbitmqUrl'), `GET /api/queues/${vhost.name}/order-counts.inbox`)
  expect(queue).toMatchObject({
    arguments: { 'x-max-length': 100_000, 'x-max-length-bytes': 2 ** 30, 'x-delivery-limit': 2 ** 31 - 1 },
  })
  const event = aMessage('OrderFulfilled', anOrder())
  const properties = { messageId: event.id, type: event.type }
  await publish(event, properties)
  await publish(event, properties)
  await publish(aMessage('OrderCancelled', { ...anOrder(), reason: 'customer' }), { messageId: 'of another type' })
  for (const [messageId, body] of Object.entries(unreadable)) await publish(body, { messageId })
  const counts = () => rows(path, 'select id, fulfilled from customer')
  const parked = () => rows(path, 'select message_id from parked order by message_id')
  const expected = Object.keys(unreadable).map((id) => ({ message_id: id }))
  await waitFor(() => expect(parked()).toEqual(expected))
  expect(counts()).toEqual([{ id: 'customer-1', fulfilled: 1 }])

  first.child.kill('SIGKILL')
  await first.exit
  const other = aMessage('OrderFulfilled', anOrder())
  await publish(event, properties)
  await publish(other, { messageId: other.id })
  const second = start(python, env)
  await waitFor(() => expect(counts()).toEqual([{ id: 'customer-1', fulfilled: 2 }]))
  expect(await shownCounts(path)).toBe("('customer-1', 2)\n")
  await second.consuming
  second.child.kill('SIGTERM')
  expect(await second.exit).toEqual([0, null])
})
