import type { WaitingDelivery } from '@quadrille/messaging'
import { expect, test } from 'vitest'
import { findInRetry, retryTable } from '../src/index.ts'
import { aMessage, subject, useDatabase } from './a-database.ts'

const given = useDatabase()

const aDelivery = (): WaitingDelivery => ({
  message: aMessage(),
  exchange: '',
  attempts: 1,
  crashes: 0,
  error: null,
  firstFailedAt: null,
  delayMs: 0,
})

test("a retry whose exchange is unknown does not become the service's own message", async () => {
  const { database } = given
  const delivery = aDelivery()
  await retryTable(database).add('desk.inbox', [delivery, { ...delivery, exchange: 'stacks.events' }])
  const taken = await retryTable(database).take('desk.inbox', 10, 1_000)
  expect(taken.map(({ exchange }) => exchange)).toEqual(['', 'stacks.events'])
})

test('a message waits once in each queue, and not while it is handled', async () => {
  const { database } = given
  const table = retryTable(database)
  const delivery = aDelivery()
  const waiting = async () =>
    (await findInRetry(database, [subject])).map(({ queue, messageId, attempts }) => ({ queue, messageId, attempts }))
  const { id: messageId } = delivery.message
  await table.add('desk.tasks', [delivery])
  expect(await waiting()).toEqual([{ queue: 'desk.tasks', messageId, attempts: 1 }])
  await table.take('desk.tasks', 10, 30_000)
  expect(await waiting()).toEqual([])
  const next = { ...delivery, attempts: 2, delayMs: 5_000 }
  await table.add('desk.tasks', [next, next])
  await table.add('desk.inbox', [delivery])
  expect(await waiting()).toEqual([
    { queue: 'desk.inbox', messageId, attempts: 1 },
    { queue: 'desk.tasks', messageId, attempts: 2 },
  ])
})

test('the next deliveries are those that have been due for the longest', async () => {
  const table = retryTable(given.database)
  const deliveries = [1_000, 3_000, 2_000].map((dueForMs) => ({ ...aDelivery(), delayMs: -dueForMs }))
  await table.add('desk.tasks', deliveries)
  const taken = await table.take('desk.tasks', 2, 30_000)
  expect(taken.map(({ message }) => message.id)).toEqual(deliveries.slice(1).map(({ message }) => message.id))
})

test('neither a stop nor a start after a crash makes a delivery due that waits for its next attempt', async () => {
  const table = retryTable(given.database)
  await table.add('desk.tasks', [{ ...aDelivery(), delayMs: 600_000 }])
  await table.release('desk.tasks')
  await table.countCrashes('desk.tasks')
  expect(await table.take('desk.tasks', 10, 30_000)).toEqual([])
})

test('a failed delivery replaces its row, although the statement is repeated because its answer was lost', async () => {
  const { database } = given
  const table = retryTable(database)
  const delivery = aDelivery()
  await table.add('desk.tasks', [{ ...delivery, crashes: 1 }])
  const [taken] = await table.take('desk.tasks', 10, 30_000)
  const failed = { ...delivery, attempts: 2, error: 'not yet' }
  for (const _ of ['lost', 'repeated']) await table.add('desk.tasks', [failed])
  await table.remove([taken?.key ?? '']) // a late acknowledgement of the replaced row
  const [again, ...others] = await table.take('desk.tasks', 10, 30_000)
  expect([again, others]).toMatchObject([{ attempts: 2, crashes: 0, message: { id: delivery.message.id } }, []])
  await table.remove([again?.key ?? ''])
  expect(await table.nextDueMs('desk.tasks')).toBeNull()
})

test('a delivery that was deferred without an attempt replaces its row', async () => {
  const { database } = given
  const table = retryTable(database)
  const delivery = aDelivery()
  await table.add('desk.tasks', [delivery])
  await table.take('desk.tasks', 10, 600_000)
  await table.add('desk.tasks', [delivery])
  expect(await table.take('desk.tasks', 10, 30_000)).toMatchObject([{ attempts: 1 }])
})

test('a copy with as many attempts keeps the error and the time of the first failure', async () => {
  const { database } = given
  const table = retryTable(database)
  const [first, later] = [new Date('2026-11-26T10:00:00Z'), new Date('2026-11-26T11:00:00Z')]
  const delivery = { ...aDelivery(), attempts: 0 }
  await table.add('desk.tasks', [{ ...delivery, error: 'not yet', firstFailedAt: first }])
  await table.add('desk.tasks', [{ ...delivery, error: null, firstFailedAt: later }])
  const stored = await database.query('select error, first_failed_at from retry')
  expect(stored).toEqual([{ error: 'not yet', first_failed_at: first }])
})

test('a message that was published again does not replace the attempts of its row', async () => {
  const { database } = given
  const table = retryTable(database)
  const delivery = aDelivery()
  await table.add('desk.tasks', [{ ...delivery, attempts: 3, crashes: 1 }])
  await table.add('desk.tasks', [{ ...delivery, attempts: 0 }, delivery])
  expect(await table.take('desk.tasks', 10, 30_000)).toMatchObject([{ attempts: 3, crashes: 1 }])
})

test('different messages with the same id wait beside each other', async () => {
  const { database } = given
  const table = retryTable(database)
  const delivery = aDelivery()
  const other = { ...delivery, message: { ...delivery.message, body: Buffer.from('{"other":true}') } }
  await table.add('desk.tasks', [delivery, other, other])
  await table.add('desk.inbox', [other])
  const bodies = async (queue: string) =>
    (await table.take(queue, 10, 30_000)).map(({ message }) => Buffer.from(message.body).toString())
  expect([await bodies('desk.tasks'), await bodies('desk.inbox')]).toEqual([
    ['{}', '{"other":true}'],
    ['{"other":true}'],
  ])
})
