/** Two instances of the order service on one database. One of them is paused in a transaction. */

import { inProcessBroker } from '@quadrille/messaging'
import { openDatabase } from '@quadrille/postgres'
import { type RunningService, startService } from '@quadrille/service'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { blockInserts } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { expect, inject, it, onTestFinished } from 'vitest'
import { order } from '../src/service.ts'

const log = pino({ level: 'silent' })

const start = async (url: string): Promise<RunningService> => {
  const broker = inProcessBroker({ onError: (error) => log.error(error) })
  const service = await startService(order, { broker, env: { DATABASE_URL: url, PORT: '0' }, log })
  onTestFinished(() => service.stop())
  return service
}

const post = async ({ url }: RunningService, key: string) => {
  const begun = performance.now()
  const response = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({
      customer: { id: 'ada', email: 'ada@example.com' },
      currency: 'EUR',
      lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_500 }],
      payment: { method: 'pm_card_visa' },
    }),
  })
  const { id } = (await response.json()) as { id?: string }
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    id,
    tookMs: performance.now() - begun,
  }
}

type Answers = readonly Awaited<ReturnType<typeof post>>[]

const postTwenty = (service: RunningService, name: string): Promise<Answers> =>
  Promise.all(Array.from({ length: 20 }, (_, number) => post(service, `${name}-${number}`)))

const medianMs = (answers: Answers): number =>
  answers.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b)[answers.length / 2] ?? 0

it('a request with a key that another instance is inserting gets a 503 within a second, and delays no other key', async () => {
  const { url, drop } = await createServiceDatabase(inject('postgresUrl'), order)
  onTestFinished(drop)
  const [first, other] = [await start(url), await start(url)]
  const database = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined })
  onTestFinished(() => database.end())
  const usualMs = medianMs(await postTwenty(other, 'before'))
  const insertBlock = await blockInserts(database, 'idempotency_key', "new.key = 'held'")

  const paused = post(first, 'held')
  await waitFor(async () => expect(await insertBlock.count()).toBe(1))
  const [again, rest] = await Promise.all([post(other, 'held'), postTwenty(other, 'free')])
  expect(again).toMatchObject({ status: 503, retryAfter: expect.any(String) })
  for (const { status } of rest) expect(status).toBe(202)
  const againMs = [again.tookMs, (await post(other, 'held')).tookMs, (await post(other, 'held')).tookMs]
  expect(Math.min(...againMs)).toBeLessThan(1_000) // a pause of the machine may slow one down
  expect(medianMs(rest)).toBeLessThan(usualMs + 5_000) // on an idle machine much less

  await insertBlock.release()
  const { status, id } = await paused
  expect(status).toBe(202)
  expect(await post(other, 'held')).toMatchObject({ status: 202, id })
})
