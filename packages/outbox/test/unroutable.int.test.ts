/** An exchange to which no queue is bound. */
import { randomUUID } from 'node:crypto'
import { Unroutable } from '@quadrille/messaging'
import { type Database, run } from '@quadrille/postgres'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Relay } from '../src/index.ts'
import { subject, useDatabase } from './a-database.ts'

const given = useDatabase()

const events = { exchange: 'stacks.events', routingKey: '' }

/** A relay whose exchange routes to a queue while `isBound` is true. */
const aRelay = (database: Database, isBound: () => boolean): Relay => {
  const relay = new Relay({
    database,
    publisher: {
      publish: async ({ exchange }) => {
        if (!isBound()) throw new Unroutable(`no queue is bound to ${exchange}`)
      },
      ...{ waitingFor: () => null, outboxAsQueue: null },
    },
    ...{ service: 'stacks', redactText: String },
    ...{ leaseMs: 50, sweepEveryMs: 20, onError: () => undefined, storeUnsendable: () => Promise.resolve() },
  })
  relay.start()
  onTestFinished(() => relay.stop())
  return relay
}

const store = async (database: Database, relay: Relay, to = events) => {
  const loan = { ...{ id: randomUUID(), type: 'BooksLent', subject, body: '{}', traceparent: undefined }, to }
  for (const statement of relay.prepare([loan]).statements) await run(database, statement)
}

const until = <T>(read: () => T) => expect.poll(read, { interval: 10 })

describe('is the reason for which the relay waits', () => {
  it('until a message to it is confirmed', async () => {
    const { database } = given
    let isBound = false
    const relay = aRelay(database, () => isBound)
    expect(relay.waitingFor()).toBeNull()
    await store(database, relay)
    await until(() => relay.waitingFor()).toBe('no queue is bound to stacks.events')
    isBound = true
    await until(() => relay.waitingFor()).toBeNull()
  })

  it('until another relay has sent the messages to it', async () => {
    const { database } = given
    const relay = aRelay(database, () => false)
    await store(database, relay)
    await until(() => relay.waitingFor()).toBe('no queue is bound to stacks.events')
    aRelay(database, () => true)
    await until(() => relay.waitingFor()).toBeNull()
  })

  it('until another relay has sent the messages to it, also if messages to another exchange wait', async () => {
    const { database } = given
    const relay = aRelay(database, () => false)
    await store(database, relay)
    await until(() => relay.waitingFor()).toBe('no queue is bound to stacks.events')
    await store(database, relay, { ...events, exchange: 'stacks.direct' })
    await database.query("delete from outbox where exchange = 'stacks.events'")
    await until(() => relay.waitingFor()).toBe('no queue is bound to stacks.direct')
  })
})
