/** A newer version migrates the databases while instances of this one still run, as in a rolling upgrade. */

import { choreography, encode, mapServices, mapServicesAsync, type ServiceName, shop } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { contentType } from '@quadrille/messages'
import { amqpBroker, type Broker, eventAddress, inProcessBroker, topologyOf } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { type Database, openDatabase, readDatabaseName } from '@quadrille/postgres'
import { createLogger } from '@quadrille/service/tools'
import { aMessage, openShop, orderMix, placeAll, type Shop, stockForMix, untilSettled } from '@quadrille/shop-testing'
import { createTestDatabase, createVhost, noon, seeded } from '@quadrille/testing'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'

const onError = () => undefined

const brokers: Readonly<Record<string, () => Promise<Broker>>> = {
  'in one process': async () => inProcessBroker({ onError }),
  'over RabbitMQ': async () => {
    const vhost = await createVhost(inject('rabbitmqUrl'))
    onTestFinished(() => vhost.drop())
    return amqpBroker(vhost.url, { onError })
  },
}

interface Running {
  readonly url: string
  readonly database: Database
}

const start = async (name: ServiceName, broker: Broker): Promise<Running> => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  const database = openDatabase({ url, applicationName: 'newer version', max: 1, onIdleError: onError })
  onTestFinished(() => database.end())
  const env = { DATABASE_URL: url, PORT: '0' }
  const service = await definitions[name].start({ broker, log: createLogger('silent', shop), env })
  onTestFinished(() => service.stop())
  return { url: service.url, database }
}

/** Kinds of orders that settle quickly, because all of their messages succeed at the first attempt. */
const kinds = ['fulfilled', 'free', 'declined', 'insufficientFunds', 'scarce', 'soldOut', 'cancelled', 'refundRefused']

/** Adds a nullable column and one with a default to each table, and retries after lock timeouts. */
const addColumns = async (database: Database): Promise<void> => {
  const tables = await database.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by name`,
  )
  expect(tables.length).toBeGreaterThan(5)
  const columns = 'add column a_note text, add column a_rank integer not null default 7 check (a_rank = 7)'
  for (const { name } of tables) {
    await waitFor(() => database.query(`alter table ${name} ${columns}`))
  }
}

test.each(Object.entries(brokers))('columns are added to all tables under load, %s', async (_, openBroker) => {
  const broker = await openBroker()
  onTestFinished(() => broker.close())
  const services = await mapServicesAsync((name) => start(name, broker))
  const shop = openShop(mapServices((name) => services[name].url))
  onTestFinished(() => shop.close())
  await shop.setStock(stockForMix)
  const { below } = seeded(1)
  const random = () => below(1_000) / 1_000
  const accepted: string[] = []
  const placeSome = async () => {
    const orders = orderMix(40, random).filter(({ kind }) => kinds.includes(kind))
    const placed = await placeAll(shop, orders, random)
    accepted.push(...placed.accepted.map(({ orderId }) => orderId))
  }
  const park = await parking(broker, services)

  await Promise.all([placeSome(), park()])
  await untilSettled(shop, accepted) // so that every statement is prepared

  let migrated = false
  const use = () => Promise.all([placeSome(), useEverything(services, shop, accepted[0] ?? '')])
  const load = async () => {
    while (!migrated) await use()
  }
  const migrate = async () => {
    for (const { database } of Object.values(services)) await addColumns(database)
    migrated = true
  }
  await Promise.all([load(), migrate()])

  await Promise.all([use(), park()])
  await untilSettled(shop, accepted)

  for (const { url } of Object.values(services)) {
    expect(await text(`${url}/metrics`)).not.toMatch(/^quadrille_retries_total\{.*\} [1-9]/m)
    const { items } = JSON.parse(await text(`${url}/dead-letters?status=parked`))
    expect(items.filter(({ reason }: { reason: string }) => reason !== 'wrong_exchange')).toEqual([])
  }
})

const text = async (url: string): Promise<string> => {
  const response = await fetch(url)
  expect(response.status, url).toBe(200)
  return response.text()
}

/** Requests the routes that placing orders does not use. */
const useEverything = async (
  services: Readonly<Record<ServiceName, Running>>,
  shop: Shop,
  orderId: string,
): Promise<void> => {
  const reads = [
    ...['', '?stuck=true', '?status=cancelled', `/${orderId}`, `/${orderId}/events`].map(
      (path) => `${services.order.url}/orders${path}`,
    ),
    `${services.payment.url}/payments/${orderId}`,
    ...['/stock', '/stock/mug', `/reservations/${orderId}`].map((path) => `${services.inventory.url}${path}`),
    `${services.notification.url}/notifications?orderId=${orderId}`,
    ...Object.values(services).map(({ url }) => `${url}/dead-letters`),
  ]
  const received = shop.receive({ sku: 'mug', quantity: 1 }, `${orderId}-${performance.now()}`)
  await Promise.all([...reads.map(text), shop.setStock({ a_new_one: 1 })])
  expect((await received).status).toBe(200)
}

/** Returns a function that sends inventory an event through the wrong exchange, and waits until it is parked. */
const parking = async (
  broker: Broker,
  { order, inventory }: Readonly<Record<'order' | 'inventory', Running>>,
): Promise<() => Promise<void>> => {
  const { publisher } = broker.join(
    { ...topologyOf(choreography.order, choreography), queues: [], requiredInboxes: ['inventory.inbox'] },
    { ...memoryStores(), database: await readDatabaseName(order.database, 'service') }, // it owns the queues
  )
  await waitUntil(() => publisher.waitingFor() === null)
  return async () => {
    const forged = aMessage('PaymentProcessed', {
      orderId: crypto.randomUUID(),
      amount: 100,
      currency: 'EUR',
      gatewayReference: 'forged',
    })
    await publisher.publish(eventAddress('order'), {
      id: forged.id,
      type: forged.type,
      correlationId: forged.subject,
      appId: 'payment',
      contentType,
      timestamp: noon,
      headers: {},
      body: Buffer.from(encode(forged)),
    })
    await waitFor(async () => expect(await text(`${inventory.url}/dead-letters`)).toContain(forged.id))
  }
}
