/** The order service asks the inventory service over RabbitMQ before it accepts an order, while instances start and stop. */

import { randomUUID } from 'node:crypto'
import { choreography } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { amqpBroker, type Broker, definitionsOf } from '@quadrille/messaging'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { createVhost, manage } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { expect, inject, onTestFinished, test } from 'vitest'

const log = pino({ level: 'silent' })

type Name = 'order' | 'inventory'

/** Opens brokers, for each service with an account of its own, which has the generated permissions. */
const openBrokers = async (): Promise<(name: Name) => Broker> => {
  const serverUrl = inject('rabbitmqUrl')
  const vhost = await createVhost(serverUrl)
  onTestFinished(() => vhost.drop())
  const password = randomUUID()
  const accountOf = (service: string) => ({ user: `${service}-${password}`, password })
  const accounts = definitionsOf({ services: choreography, vhost: vhost.name, accountOf })
  await manage(serverUrl, 'POST /api/definitions', accounts)
  onTestFinished(async () => {
    for (const name of Object.keys(choreography)) await manage(serverUrl, `DELETE /api/users/${accountOf(name).user}`)
  })
  return (name) => {
    const { user: username } = accountOf(name)
    return amqpBroker(Object.assign(new URL(vhost.url), { username, password }).href, { onError: () => undefined })
  }
}

const postTo = async (url: string, sku: string, quantity = 1): Promise<number> => {
  const order = {
    customer: { id: 'ada', email: 'ada@example.com' },
    currency: 'EUR',
    lines: [{ sku, quantity, unitPrice: 1_500 }],
    payment: { method: 'pm_card_visa' },
  }
  const headers = { 'content-type': 'application/json' }
  return (await fetch(`${url}/orders`, { method: 'POST', headers, body: JSON.stringify(order) })).status
}

/** For each SKU of an availability, whether inventory knows it. */
const knownSkus = async (url: string): Promise<boolean[]> => {
  const { items = [] } = (await (await fetch(url)).json()) as { items?: { known: boolean }[] }
  return items.map(({ known }) => known)
}

test('an unknown SKU is rejected while inventory answers', async () => {
  const brokerOf = await openBrokers()
  const databases = {
    order: await createServiceDatabase(inject('postgresUrl'), definitions.order),
    inventory: await createServiceDatabase(inject('postgresUrl'), definitions.inventory),
  }
  onTestFinished(async () => void (await Promise.all(Object.values(databases).map(({ drop }) => drop()))))
  const start = async (name: Name, more: Record<string, string> = {}) => {
    const broker = brokerOf(name)
    onTestFinished(() => broker.close())
    const env = { DATABASE_URL: databases[name].url, PORT: '0', SEED: 'demo', ...more }
    return definitions[name].start({ broker, log, env })
  }
  const order = await start('order')
  onTestFinished(() => order.stop())
  const post = (sku: string) => postTo(order.url, sku)
  expect(await post('no-mug'), 'before inventory has ever run').toBe(202)

  const first = await start('inventory')
  await waitFor(async () => expect(await post('no-mug')).toBe(422))
  expect(await post('mug')).toBe(202)
  const strict = await start('order', { ORDER_CHECK: 'stock' })
  onTestFinished(() => strict.stop())
  await waitFor(async () => expect(await postTo(strict.url, 'mug', 1_000_000)).toBe(409))
  await waitFor(async () =>
    expect(await knownSkus(`${order.url}/availability?sku=mug&sku=no-mug`)).toEqual([true, false]),
  )

  const timed = async (...skus: readonly string[]) => {
    const begunMs = performance.now()
    const statuses = [await post(skus[0] ?? ''), await post(skus[1] ?? '')]
    return { statuses, ms: performance.now() - begunMs }
  }
  const usual = await timed('no-mug', 'mug')
  await first.stop()
  const limitMs = usual.ms + 2_000
  let stoppedMs = limitMs
  for (let tries = 0; tries < 3 && stoppedMs >= limitMs; tries += 1) {
    const stopped = await timed('no-mug', 'tea')
    expect(stopped.statuses, 'while inventory is stopped').toEqual([202, 202])
    stoppedMs = stopped.ms
  }
  expect(stoppedMs).toBeLessThan(limitMs) // the fastest of three: a pause of the machine may slow one down

  const second = await start('inventory')
  onTestFinished(() => second.stop())
  await waitFor(async () => expect(await post('no-mug')).toBe(422))
  expect(await post('mug')).toBe(202)
})
