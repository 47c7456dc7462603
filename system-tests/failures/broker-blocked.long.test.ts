/** While RabbitMQ blocks publishers, orders are accepted until the outbox is full, then rejected, and expiry is paused. Then all recovers. */

import { openShop, type Shop, type ShownOrder, untilSettled } from '@quadrille/shop-testing'
import { startRabbitMqNode } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'
import { startProcesses } from '../systems.ts'

const outboxMax = 50

const order = {
  customer: { id: 'ada', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_500 }],
  payment: { method: 'pm_card_visa' },
}

/** Places orders until one is rejected, and returns the ids of the accepted ones. */
const placeUntilRejected = async (shop: Shop): Promise<string[]> => {
  const accepted: string[] = []
  await waitFor(async () => {
    const { status, headers, body } = await shop.place(order)
    if (status === 202) accepted.push((body as ShownOrder).id)
    expect({ status, retryAfter: headers['retry-after'] }).toEqual({ status: 503, retryAfter: '5' })
  })
  return accepted
}

test('during a memory alarm of RabbitMQ, orders are rejected once the outbox is full', async () => {
  const node = await startRabbitMqNode()
  onTestFinished(() => node.stop())
  const system = await startProcesses(inject('postgresUrl'), node.url, { order: { OUTBOX_MAX: String(outboxMax) } })
  onTestFinished(() => system.drop())
  const shop = openShop(system.urls)
  onTestFinished(() => shop.close())
  const readiness = async () => {
    const response = await fetch(`${system.urls.order}/health/ready`)
    return { code: response.status, ...((await response.json()) as object) }
  }
  const untilReadinessIs = (expected: object) => waitFor(async () => expect(await readiness()).toMatchObject(expected))
  await untilReadinessIs({ code: 200, status: 'ready' })
  await shop.setStock({ mug: 1_000_000 })

  await node.ctl('set_vm_memory_high_watermark', 'absolute', '1')
  const accepted = await placeUntilRejected(shop)
  expect(accepted.length).toBeGreaterThanOrEqual(outboxMax)
  await untilReadinessIs({
    code: 503,
    status: 'not_ready',
    broker: 'ok',
    waitingFor: expect.stringContaining('blocked'),
    outbox: { max: outboxMax },
    expiryPaused: expect.stringContaining('blocked'),
  })

  await node.ctl('set_vm_memory_high_watermark', 'absolute', '1GB')
  await untilReadinessIs({ expiryPaused: expect.stringContaining('the broker was unavailable until') })
  await untilReadinessIs({ code: 200, status: 'ready' })
  await untilSettled(shop, accepted)
  await waitFor(async () => expect((await shop.place(order)).status).toBe(202)) // the outbox may still be full
})
