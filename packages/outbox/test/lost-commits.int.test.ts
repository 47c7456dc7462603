/** A failover that loses commits also loses the state of sequences: Postgres then gives the numbers of lost rows to other messages. */
import { randomUUID } from 'node:crypto'
import { Unsendable, type WaitingDelivery } from '@quadrille/messaging'
import { type Database, run } from '@quadrille/postgres'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type Outgoing, Relay, retryTable } from '../src/index.ts'
import { insertOutbox, type OutboxRow } from '../src/outbox.ts'
import { settleRefused } from '../src/unsendable.ts'
import { aMessage, subject, useDatabase } from './a-database.ts'

const given = useDatabase()

const to = { exchange: 'stacks.events', routingKey: '' }
const loan = (): Outgoing => ({ id: randomUUID(), type: 'BooksLent', subject, to, body: '{}', traceparent: undefined })

const loseCommits = (database: Database) => database.query('truncate outbox, retry restart identity')

it('a late confirm does not delete an unsent message that has got the number of the confirmed one', async () => {
  const { database } = given
  const confirms: (() => void)[] = []
  const publish = () => new Promise<void>((confirm) => confirms.push(confirm))
  const relay = new Relay({
    ...{ database, service: 'stacks', redactText: String },
    ...{ leaseMs: 60_000, onError: () => undefined, storeUnsendable: async () => undefined },
    publisher: { publish, waitingFor: () => null, outboxAsQueue: null },
  })
  relay.start()
  onTestFinished(() => relay.stop())
  await run(database, insertOutbox([loan()], { leased: 0, leaseMs: 0 }))
  await waitFor(() => expect(confirms).toHaveLength(1))
  await loseCommits(database)
  const unsent = loan()
  await run(database, insertOutbox([unsent], { leased: 1, leaseMs: 60_000 })) // leased by another relay
  const { calls } = vi.spyOn(database, 'query').mock
  confirms[0]?.()
  await waitFor(() => expect(calls.map(([text]) => text).join()).toContain('delete from outbox'))
  await relay.stop()
  expect(await database.query('select seq, id from outbox')).toEqual([{ seq: 1, id: unsent.id }])
})

it('a refused message does not park another one that has got its number', async () => {
  const { database } = given
  const refused: OutboxRow = { ...loan(), seq: 1, createdAt: new Date(), crashes: 0 }
  const unsent = loan()
  await run(database, insertOutbox([unsent], { leased: 0, leaseMs: 0 }))
  const parking = { storeUnsendable: async () => undefined, maxSendAttempts: 1, leaseMs: 1, redactText: String }
  const refusals = [{ row: refused, message: aMessage(refused.id), error: new Unsendable('its exchange is closed') }]
  expect(await settleRefused(refusals, { ...parking, database })).toEqual([])
  expect(await database.query('select id, failures from outbox')).toEqual([{ id: unsent.id, failures: 0 }])
})

it('a handled retry does not remove another one that has got its number', async () => {
  const { database } = given
  const table = retryTable(database)
  const [handled, waiting] = [aMessage(), aMessage()].map(
    (message): WaitingDelivery => ({
      ...{ message, exchange: '', attempts: 1, crashes: 0, error: null, firstFailedAt: null, delayMs: 0 },
    }),
  )
  const addAndTake = async (delivery?: WaitingDelivery) => {
    if (delivery) await table.add('desk.inbox', [delivery])
    return (await table.take('desk.inbox', 10, 30_000)).map(({ key }) => key)
  }
  const idsLeft = () => database.query("select message ->> 'id' as id from retry")
  const before = await addAndTake(handled)
  await loseCommits(database)
  const after = await addAndTake(waiting)
  await table.remove(before)
  expect(await idsLeft()).toEqual([{ id: waiting?.message.id }])
  await table.remove(after)
  expect(await idsLeft()).toEqual([])
})
