import { randomUUID } from 'node:crypto'
import { type Database, run } from '@quadrille/postgres'
import { expect, it, onTestFinished } from 'vitest'
import { type Outgoing, Relay } from '../src/index.ts'
import { subject, useDatabase } from './a-database.ts'

const given = useDatabase()

const aLoan = (): Outgoing => ({
  ...{ id: randomUUID(), type: 'BooksLent', subject, body: '{}', traceparent: undefined },
  to: { exchange: 'stacks.events', routingKey: '' },
})

it('a relay without rows only counts them, and sends those that others have left', async () => {
  const { database } = given
  let [counts, sweeps] = [0, 0]
  const query: Database['query'] = (text, values) => {
    if (text.startsWith('update outbox set taken')) sweeps += 1
    else counts += 1
    return database.query(text, values)
  }
  const sent: string[] = []
  const publish = async (_to: unknown, { id }: { readonly id: string }) => void sent.push(id)
  const relay = new Relay({
    database: { ...database, query },
    publisher: { publish, waitingFor: () => null, outboxAsQueue: null },
    ...{ service: 'stacks', redactText: String },
    ...{ window: 0, sweepEveryMs: 20 },
    ...{ onError: (error: unknown) => expect.fail(String(error)), storeUnsendable: () => Promise.resolve() },
  })
  relay.start()
  onTestFinished(() => relay.stop())
  const until = <T>(read: () => T) => expect.poll(read, { interval: 10, timeout: 30_000 }) // before it sweeps anyway
  await until(() => counts - sweeps).toBeGreaterThan(2)
  const loan = aLoan()
  for (const statement of relay.prepare([loan]).statements) await run(database, statement)
  await until(() => sent).toEqual([loan.id])
})
