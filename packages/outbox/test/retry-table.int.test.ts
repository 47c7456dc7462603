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
