/** Replays of dead letters with bodies above the maximum size, which a foreign publisher has sent. */
import { maxBodyBytes } from '@quadrille/messages'
import type { Publisher } from '@quadrille/messaging'
import type { Database } from '@quadrille/postgres'
import { expect, it, onTestFinished } from 'vitest'
import { Relay } from '../src/index.ts'
import { leaseOutbox } from '../src/outbox.ts'
import { subject, useDatabase } from './a-database.ts'

const given = useDatabase()

const insert = (database: Database, sizes: readonly number[]) =>
  database.query(
    `insert into outbox (id, type, subject, exchange, routing_key, body, bytes, message, leased_until)
     select $1, 'BooksLent', $1, 'stacks.direct', 'stacks.inbox', '', convert_to(repeat('a', size), 'UTF8'),
            '{"timestamp": "2026-01-01T12:00:00Z"}', now()
     from unnest($2::integer[]) as size`,
    [subject, sizes],
  )

it('are leased one at a time, and do not delay other rows', async () => {
  const { database } = given
  await insert(database, [maxBodyBytes + 1, maxBodyBytes, maxBodyBytes + 2, 2])
  const lease = async () => (await leaseOutbox(database, 10, 60_000)).map(({ verbatim }) => verbatim?.body.byteLength)
  expect(await lease()).toEqual([maxBodyBytes + 1, maxBodyBytes, 2])
  expect(await lease()).toEqual([maxBodyBytes + 2])
  expect(await lease()).toEqual([])
})

it('that waited at startup are all sent before the outbox is reported as drained', async () => {
  const { database } = given
  const sizes = [maxBodyBytes + 1, maxBodyBytes + 2, maxBodyBytes + 3]
  await insert(database, sizes)
  const calls: (number | 'drained')[] = []
  const publisher: Publisher = {
    publish: async (_to, { body }) => void calls.push(body.byteLength),
    waitingFor: () => null,
    outboxAsQueue: { drained: () => void calls.push('drained') },
  }
  const relay = new Relay({
    ...{ database, publisher, service: 'stacks', redactText: (text) => text, sweepEveryMs: 20 },
    ...{ storeUnsendable: () => Promise.resolve(), onError: () => undefined },
  })
  onTestFinished(() => relay.stop())
  relay.start()
  await expect.poll(() => calls).toHaveLength(4)
  expect(calls).toEqual([...sizes, 'drained'])
})
