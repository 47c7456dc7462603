/** While RabbitMQ is unavailable, orders are accepted and wait in Postgres, not in memory. */

import { openShop, startServiceProcess } from '@quadrille/shop-testing'
import { createTestDatabase } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'

const count = 10_000
const customers = 64

/**
 * The limit of the old generation of the order service's heap, MB: enough for the service and its requests. Each event
 * has 8 kB of text, so 10,000 events in memory would need 80 MB more.
 */
const heapLimitMb = 64

const note = 'x'.repeat(500)

/** An order with the largest allowed metadata. */
const order = {
  customer: { id: 'ada', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_500 }],
  payment: { method: 'pm_card_visa' },
  metadata: Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`note-${index}`, note])),
}

/** Nothing listens there. */
const noBroker = 'amqp://127.0.0.1:1'

interface Readiness {
  readonly status: string
  readonly outbox: { readonly rows: number }
}

test(`${count} orders wait for the broker without filling the heap`, async () => {
  const database = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(() => database.drop())
  const service = await startServiceProcess('order', {
    DATABASE_URL: database.url,
    AMQP_URL: noBroker,
    LOG_LEVEL: 'info',
    NODE_OPTIONS: `--max-old-space-size=${heapLimitMb}`, // V8 aborts the process at this limit
  })
  onTestFinished(async () => void (await service.end('SIGKILL')))
  const shop = openShop({ order: service.url, payment: '', inventory: '' })
  onTestFinished(() => shop.close())

  let placed = 0
  const customer = async () => {
    while (placed < count) {
      placed += 1
      expect((await shop.place(order)).status).toBe(202)
    }
  }
  await Promise.all(Array.from({ length: customers }, customer))

  const readiness = async () => (await (await fetch(`${service.url}/health/ready`)).json()) as Readiness
  const waiting = expect.objectContaining({ status: 'degraded', outbox: expect.objectContaining({ rows: count }) })
  await waitFor(async () => expect(await readiness()).toEqual(waiting))
  expect(await service.end()).toBe(0)
})
