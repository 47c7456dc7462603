/**
 * Orders do not expire because their events are delayed, and they expire at most EXPIRY_PAUSE_MAX late. Uses only HTTP,
 * RabbitMQ and Postgres.
 */

import { choreography, type DataOf, encode, type Message } from '@quadrille/events'
import { contentType } from '@quadrille/messages'
import { amqpBroker, type Broker, eventAddress, inProcessBroker, topologyOf } from '@quadrille/messaging'
import { type Database, openDatabase } from '@quadrille/postgres'
import { type RunningService, startService } from '@quadrille/service'
import { aMessage } from '@quadrille/shop-testing'
import { createTestDatabase, createVhost, proxyTo, type TcpProxy } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { type Logger, pino } from 'pino'
import { expect, inject, it, onTestFinished } from 'vitest'
import { findExpired } from '../src/db/order-table.ts'
import { order } from '../src/service.ts'

const log = pino({ level: 'silent' })

/** A logger that collects the errors of the job. */
const collectingFailures = () => {
  const failures: string[] = []
  const write = (line: string) => {
    const { job, err } = JSON.parse(line) as { job?: string; err?: { message: string } }
    if (job === 'expire orders') failures.push(err?.message ?? '')
  }
  return { log: pino({ level: 'warn' }, { write }), failures }
}

const onError = (error: unknown) => log.error(error)

interface Shop {
  readonly sql: Database
  /** Between the service and Postgres. */
  readonly proxy: TcpProxy
  readonly start: (env?: Record<string, string>, serviceLog?: Logger) => Promise<RunningService>
}

/** The order service alone. The test publishes the events of other services. */
const openShop = async (broker: Broker): Promise<Shop> => {
  const database = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(() => database.drop())
  onTestFinished(() => broker.close())
  const proxy = await proxyTo(database.url)
  onTestFinished(() => proxy.close())
  const sql = openDatabase({ url: database.url, applicationName: 'test', max: 2, onIdleError: () => undefined })
  onTestFinished(() => sql.end())
  return {
    sql,
    proxy,
    start: async (env = {}, serviceLog = log) => {
      const service = await startService(order, {
        broker,
        log: serviceLog,
        env: { DATABASE_URL: proxy.url, PORT: '0', ...env },
      })
      let stopped: Promise<void> | undefined
      const stop = () => (stopped ??= service.stop())
      onTestFinished(stop)
      return { ...service, stop }
    },
  }
}

const overRabbitMq = async () => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(() => vhost.drop())
  return amqpBroker(vhost.url, { onError })
}

const place = async (url: string): Promise<string> => {
  const response = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      customer: { id: 'ada', email: 'ada@example.com' },
      currency: 'EUR',
      lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_500 }],
      payment: { method: 'pm_card_visa' },
    }),
  })
  expect(response.status).toBe(202)
  const { id } = (await response.json()) as { id: string }
  return id
}

const statusOf = async (url: string, id: string) => {
  const { status, cancellation } = (await (await fetch(`${url}/orders/${id}`)).json()) as {
    status: string
    cancellation: { reason: string } | null
  }
  return cancellation ? `${status}: ${cancellation.reason}` : status
}

const expiryPaused = async (url: string) => {
  const body = (await (await fetch(`${url}/health/ready`)).json()) as { expiryPaused: string | null }
  return body.expiryPaused
}

/** Waits until the inbox of the order service is bound. Returns a function that publishes events of this service. */
const publisherOf = async (broker: Broker, service: 'inventory' | 'payment' | 'notification') => {
  const stores = { database: service, retries: unused, deadLetters: unused, redactText: (text: string) => text }
  const { publisher } = broker.join(topologyOf(choreography[service], choreography), stores)
  await waitFor(() => expect(publisher.waitingFor()).toBeNull())
  return (message: Message) =>
    publisher.publish(eventAddress(service), {
      ...{ id: message.id, type: message.type, correlationId: message.subject, appId: service, contentType },
      ...{ timestamp: new Date(), headers: {}, body: Buffer.from(encode(message, {})) },
    })
}

const inventoryPublisher = async (broker: Broker) => {
  const publish = await publisherOf(broker, 'inventory')
  return (data: DataOf<'InventoryReserved'>) => publish(aMessage('InventoryReserved', data, new Date()))
}

const unused = {
  add: async () => undefined,
  take: async () => [],
  remove: async () => undefined,
  countDue: async () => 0,
  nextDueMs: async () => null,
  release: async () => undefined,
  countCrashes: async () => undefined,
}

const mug = { lines: [{ sku: 'mug', quantity: 1 }] }

it('an order does not expire at a start if its InventoryReserved waits in the inbox', async () => {
  const broker = await overRabbitMq()
  const { sql, start } = await openShop(broker)
  const before = await start({ ORDER_TTL: '2s', EXPIRY_PAUSE_MAX: '1h' })
  const reserved = await inventoryPublisher(broker)
  const orderId = await place(before.url)
  await before.stop()
  await reserved({ orderId, ...mug })
  await waitFor(async () => expect(await findExpired(sql, 0, 10)).toEqual([orderId]))
  const after = await start()
  await waitFor(async () => expect(await statusOf(after.url, orderId)).not.toBe('placed'))
  expect(await statusOf(after.url, orderId)).toBe('fulfilled')
})

it('an order expires on time if no event is delayed, and readiness and a metric show no pause', async () => {
  const { start } = await openShop(await overRabbitMq())
  const { url } = await start({ ORDER_TTL: '1s', EXPIRY_PAUSE_MAX: '1h' })
  const orderId = await place(url)
  await waitFor(async () => expect(await statusOf(url, orderId)).toBe('cancelled: expired'))
  expect(await expiryPaused(url)).toBeNull()
  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).toContain('quadrille_expiry_paused{service="order"} 0')
})

/** Its last field has a NUL, which Postgres stores in JSON but cannot read as text. */
const traceparentWithNul = `01-${'a'.repeat(32)}-${'b'.repeat(16)}-01-\0`

it('a malformed traceparent in an event is not stored, and the order expires', async () => {
  const broker = await overRabbitMq()
  const { sql, start } = await openShop(broker)
  const { url } = await start({ ORDER_TTL: '10s', EXPIRY_PAUSE_MAX: '1h' })
  await Promise.all([publisherOf(broker, 'inventory'), publisherOf(broker, 'notification')]) // payment waits for their inboxes
  const publish = await publisherOf(broker, 'payment')
  const orderId = await place(url)
  const data = { orderId, amount: 1_500, currency: 'EUR', gatewayReference: 'ch_1' }
  await publish({ ...aMessage('PaymentProcessed', data, new Date()), traceparent: traceparentWithNul })
  await waitFor(async () => expect(await statusOf(url, orderId)).toBe('cancelled: expired'))
  const types = await sql.query("select event->>'type' as type from order_event where order_id = $1 order by seq", [
    orderId,
  ])
  expect(types.map(({ type }) => type)).toEqual(['OrderPlaced', 'PaymentProcessed', 'OrderCancelled'])
})

it('an event that an earlier version has stored with a NUL stops no expiry', async () => {
  const { sql, start } = await openShop(inProcessBroker({ onError })) // the other services never join
  const { url } = await start({ ORDER_TTL: '1s', EXPIRY_PAUSE_MAX: '3s' })
  const [broken, other] = [await place(url), await place(url)]
  const event = JSON.stringify({ type: 'PaymentProcessed', traceparent: traceparentWithNul })
  await sql.query('insert into order_event (order_id, id, event) values ($1, gen_random_uuid(), $2)', [broken, event])
  for (const orderId of [broken, other])
    await waitFor(async () => expect(await statusOf(url, orderId)).toBe('cancelled: expired'))
})

it('an order expires after EXPIRY_PAUSE_MAX, and readiness and a metric show the pause', async () => {
  const { sql, start } = await openShop(inProcessBroker({ onError })) // the other services never join
  const { url } = await start({ ORDER_TTL: '1s', EXPIRY_PAUSE_MAX: '10s' })
  const orderId = await place(url)
  await waitFor(async () => expect(await findExpired(sql, 0, 10)).toEqual([orderId]))
  expect(await expiryPaused(url)).toBe('older messages in order.inbox are not handled yet')
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('quadrille_expiry_paused{service="order"} 1')
  await waitFor(async () => expect(await findExpired(sql, 5_000, 10)).toEqual([orderId]))
  expect(await statusOf(url, orderId)).toBe('placed')
  await waitFor(async () => expect(await statusOf(url, orderId)).toBe('cancelled: expired'))
})

it('an order expires even if Postgres answers only intermittently', async () => {
  const { start, proxy, sql } = await openShop(inProcessBroker({ onError })) // the other services never join
  const { log: collecting, failures } = collectingFailures()
  const { url } = await start({ ORDER_TTL: '1s', EXPIRY_PAUSE_MAX: '6s' }, collecting)
  const orderId = await place(url)
  const cancelled = async () =>
    (await sql.query("select from customer_order where id = $1 and status = 'cancelled'", [orderId])).length > 0
  const began = performance.now()
  while (performance.now() - began < 25_000 && !(await cancelled())) {
    const before = failures.length
    proxy.refuse()
    await waitFor(() => expect(failures.length).toBeGreaterThan(before))
    proxy.accept()
    const acceptedAt = performance.now()
    await waitFor(() => expect(performance.now() - acceptedAt).toBeGreaterThan(2_500)) // some runs succeed
  }
  expect(failures.length).toBeGreaterThan(1)
  expect(await cancelled()).toBe(true)
})

it('after an outage of Postgres, expiry is paused until the delayed events are handled', async () => {
  const broker = await overRabbitMq()
  const { start, proxy } = await openShop(broker)
  const { url } = await start()
  const reserved = await inventoryPublisher(broker)
  const orderId = await place(url)
  await waitFor(async () => expect(await expiryPaused(url)).toBeNull())
  proxy.refuse()
  await reserved({ orderId, ...mug })
  await waitFor(async () => expect(await expiryPaused(url)).not.toBeNull())
  proxy.accept()
  await waitFor(async () => expect(await statusOf(url, orderId)).toBe('fulfilled'))
  expect(await expiryPaused(url)).toMatch(/^Postgres was unavailable \d+ s ago$/)
})

it('an outage of Postgres pauses expiry also if no message has arrived meanwhile', async () => {
  const { sql, start, proxy } = await openShop(await overRabbitMq())
  const { log: collecting, failures } = collectingFailures()
  const { url } = await start({}, collecting)
  const orderId = await place(url)
  await waitFor(async () => expect(await expiryPaused(url)).toBeNull())
  proxy.refuse()
  await waitFor(() => expect(failures.length).toBeGreaterThan(0))
  await expiresAt(sql, orderId, -1)
  proxy.accept()
  await waitFor(async () => expect(await expiryPaused(url)).toMatch(/^Postgres was unavailable \d+ s ago$/))
  await waitFor(async () => expect(await statusOf(url, orderId)).toBe('placed')) // it answers again
})

/** Begins a fault. Resolves to a function that ends it. */
type Fault = (sql: Database) => Promise<() => Promise<unknown>>

/** Sessions that are open at the end stay read-only, like those at a server that a failover has made a standby. */
const readOnly: Fault = async (sql) => {
  const [database] = await sql.query<{ name: string }>('select current_database() as name')
  const set = (to: 'on' | 'off') =>
    sql.query(`alter database ${database?.name} set default_transaction_read_only = ${to}`)
  await set('on')
  await sql.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name <> 'test'",
    [database?.name],
  )
  return () => set('off')
}

const diskFull: Fault = async (sql) => {
  await sql.query(`create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'the disk is full' using errcode = '53100'; end $$`)
  await sql.query('create trigger refusing before insert on order_event for each row execute function refuse()')
  return () => sql.query('drop trigger refusing on order_event')
}

it.each([
  ['is read-only', readOnly],
  ['has a full disk', diskFull],
])('time in which Postgres %s does not use up EXPIRY_PAUSE_MAX', async (_, begin) => {
  const broker = await overRabbitMq()
  const { start, sql } = await openShop(broker)
  const { log: collecting, failures } = collectingFailures()
  const { url } = await start({ EXPIRY_PAUSE_MAX: '8s' }, collecting)
  const reserved = await inventoryPublisher(broker)
  const orderId = await place(url)
  await waitFor(async () => expect(await expiryPaused(url)).toBeNull())
  const end = await begin(sql)
  await reserved({ orderId, ...mug })
  await waitFor(async () => expect(await expiryPaused(url)).not.toBeNull())
  await expiresAt(sql, orderId, 0)
  await waitFor(async () => expect(await findExpired(sql, 11_000, 10)).toEqual([orderId])) // the pause would be over
  expect(failures.filter((message) => message.includes('could not be cancelled'))).toEqual([])
  await end()
  await waitFor(async () => expect(await statusOf(url, orderId)).toBe('fulfilled'))
})

it('a read-only Postgres pauses expiry also if the service has nothing to write', async () => {
  const { start, sql } = await openShop(await overRabbitMq())
  const { url } = await start()
  await waitFor(async () => expect(await expiryPaused(url)).toBeNull())
  await readOnly(sql)
  await waitFor(async () => expect(await expiryPaused(url)).toMatch(/^Postgres was unavailable/))
})

/** Sets the time of an expiry, in seconds from now. */
const expiresAt = (sql: Database, id: string, seconds: number) =>
  sql.query("update customer_order set expires_at = now() + $2::float * interval '1 second' where id = $1", [
    id,
    seconds,
  ])

it('orders expire by the clock of the database', async () => {
  const { sql, start } = await openShop(inProcessBroker({ onError }))
  const { url, stop } = await start({ ORDER_TTL: '1h' })
  const [early, over, longOver] = [await place(url), await place(url), await place(url)]
  await stop()
  await expiresAt(sql, early, 30)
  await expiresAt(sql, over, -1)
  await expiresAt(sql, longOver, -61)
  expect(await findExpired(sql, 0, 10)).toEqual([longOver, over])
  expect(await findExpired(sql, 60_000, 10)).toEqual([longOver])
})
