import { expect, test } from 'vitest'
import { retryTable } from '../src/index.ts'
import { aDatabase, aMessage } from './a-database.ts'

test("a retry without an exchange, stored by an earlier version, counts as the service's own message", async () => {
  const database = await aDatabase()
  const delivery = {
    message: aMessage(),
    exchange: '',
    attempts: 1,
    crashes: 0,
    error: null,
    firstFailedAt: null,
    delayMs: 0,
  }
  await retryTable(database).add('desk.inbox', [delivery, { ...delivery, exchange: 'stacks.events' }])
  const taken = await retryTable(database).take('desk.inbox', 10, 1_000)
  expect(taken.map(({ exchange }) => exchange)).toEqual(['desk.direct', 'stacks.events'])
})
