/** An exchange to which no queue is bound. */
import { randomUUID } from 'node:crypto'
import { Unroutable } from '@quadrille/messaging'
import { run } from '@quadrille/postgres'
import { expect, it, onTestFinished } from 'vitest'
import { Relay } from '../src/index.ts'
import { aDatabase, subject } from './a-database.ts'

it('is the reason for which the relay waits, until a message to it is confirmed', async () => {
  const database = await aDatabase()
  let isBound = false
  const relay = new Relay({
    database,
    publisher: {
      publish: async ({ exchange }) => {
        if (!isBound) throw new Unroutable(`no queue is bound to ${exchange}`)
      },
      ...{ waitingFor: () => null, outboxAsQueue: null },
    },
    ...{ service: 'stacks', contentType: 'application/json', redactText: String },
    ...{ leaseMs: 50, sweepEveryMs: 20, onError: () => undefined, storeUnsendable: () => Promise.resolve() },
  })
  const to = { exchange: 'stacks.events', routingKey: '' }
  const loan = { ...{ id: randomUUID(), type: 'BooksLent', subject, body: '{}', traceparent: undefined }, to }
  for (const statement of relay.prepare([loan]).statements) await run(database, statement)
  expect(relay.waitingFor()).toBeNull()
  relay.start()
  onTestFinished(() => relay.stop())
  const until = <T>(read: () => T) => expect.poll(read, { timeout: 10_000, interval: 10 })
  await until(() => relay.waitingFor()).toBe('no queue is bound to stacks.events')
  isBound = true
  await until(() => relay.waitingFor()).toBeNull()
})
