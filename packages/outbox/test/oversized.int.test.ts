/** Replays of dead letters with bodies above the maximum size, which a foreign publisher has sent. */
import { maxBodyBytes } from '@quadrille/messages'
import { expect, it } from 'vitest'
import { leaseOutbox } from '../src/outbox.ts'
import { aDatabase, subject } from './a-database.ts'

it('are leased one at a time, and do not delay other rows', async () => {
  const database = await aDatabase()
  const sizes = [maxBodyBytes + 1, maxBodyBytes, maxBodyBytes + 2, 2]
  await database.query(
    `insert into outbox (id, type, subject, exchange, routing_key, body, bytes, message, leased_until)
     select $1, 'BooksLent', $1, 'stacks.direct', 'stacks.inbox', '', convert_to(repeat('a', size), 'UTF8'), '{}', now()
     from unnest($2::integer[]) as size`,
    [subject, sizes],
  )
  const lease = async () => (await leaseOutbox(database, 10, 60_000)).map(({ verbatim }) => verbatim?.body.byteLength)
  expect(await lease()).toEqual([maxBodyBytes + 1, maxBodyBytes, 2])
  expect(await lease()).toEqual([maxBodyBytes + 2])
  expect(await lease()).toEqual([])
})
