/** A request that the check rejects waits for the orders that its instance is placing under the same key. */
import { randomUUID } from 'node:crypto'
import { openDatabase } from '@quadrille/postgres'
import { openMigratedDatabase } from '@quadrille/testing'
import { expect, inject, it, onTestFinished } from 'vitest'
import { insertFirstResponses } from '../src/db/idempotency-table.ts'
import type { OrderView } from '../src/domain/view.ts'
import { createFirstResponses } from '../src/http/first-responses.ts'
import { order } from '../src/service.ts'

it('the first of two orders under one key is found, although the second has failed while it was being stored', async () => {
  const { url, close } = await openMigratedDatabase(inject('postgresUrl'), order.migrations)
  onTestFinished(close)
  const database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  const { placing, findPlaced } = createFirstResponses(database)
  const used = { key: randomUUID(), requestHash: 'a hash' }
  const stored = { ...used, orderId: randomUUID(), response: { status: 'placed' } as OrderView }
  const mayStore = Promise.withResolvers<void>()
  const first = placing(used, async () => {
    await mayStore.promise
    const { text, values } = insertFirstResponses([stored])
    await database.query(text, values)
  })
  const refused = placing(used, () => Promise.reject(new Error('too many orders')))
  await expect(refused).rejects.toThrow('too many orders')
  let found: unknown
  const finding = findPlaced(used).then((response) => (found = response ?? 'nothing'))
  for (let queries = 0; queries < 10; queries += 1) await database.query('select 1') // one after the other: without waiting, it is done by then
  expect(found).toBeUndefined()
  mayStore.resolve()
  await Promise.all([first, finding])
  expect(found).toEqual(stored)
})
