/** The order service alone, for tests of expiry. Uses only HTTP, RabbitMQ and Postgres. */

import { randomUUID } from 'node:crypto'
import { choreography, type DataOf, encode, type Message } from '@quadrille/events'
import { contentType } from '@quadrille/messages'
import { amqpBroker, type Broker, eventAddress, topologyOf } from '@quadrille/messaging'
import { type Database, openDatabase, type Sql } from '@quadrille/postgres'
import { type RunningService, startService } from '@quadrille/service'
import { aMessage } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { createVhost, proxyTo, type TcpProxy } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { type Logger, pino } from 'pino'
import { expect, inject, onTestFinished } from 'vitest'
import { findExpired } from '../src/db/order-table.ts'
import { order } from '../src/service.ts'

const log = pino({ level: 'silent' })

/** A logger that collects the errors of the job. */
export const collectingFailures = () => {
  const failures: string[] = []
  const write = (line: string) => {
    const { job, err } = JSON.parse(line) as { job?: string; err?: { message: string } }
    if (job === 'expire orders') failures.push(err?.message ?? '')
  }
  return { log: pino({ level: 'warn' }, { write }), failures }
}

export const onError = (error: unknown) => log.error(error)

/** The ids of the orders that have been overdue for at least this long, those that expired first first. */
export const overdueIds = async (sql: Sql, overdueMs = 0): Promise<string[]> =>
  (await findExpired(sql, { overdueMs, limit: 10_000 })).map(({ id }) => id)

interface Shop {
  readonly sql: Database
  /** Between the service and Postgres. */
  readonly proxy: TcpProxy
  readonly start: (env?: Record<string, string>, serviceLog?: Logger) => Promise<RunningService>
}

/** The order service alone. The test publishes the events of other services. */
export const openShop = async (broker: Broker): Promise<Shop> => {
  const database = await createServiceDatabase(inject('postgresUrl'), order)
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

export const overRabbitMq = async () => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(() => vhost.drop())
  return amqpBroker(vhost.url, { onError })
}

export const place = async (url: string): Promise<string> => {
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({
      customer: { id: 'ada', email: 'ada@example.com' },
      currency: 'EUR',
      lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_500 }],
      payment: { method: 'pm_card_visa' },
    }),
  }
  return waitFor(async () => {
    const response = await fetch(`${url}/orders`, request)
    expect(response.status).toBe(202) // 503 on a busy machine
    return ((await response.json()) as { id: string }).id
  })
}

export const statusOf = async (url: string, id: string) => {
  const { status, cancellation } = (await (await fetch(`${url}/orders/${id}`)).json()) as {
    status: string
    cancellation: { reason: string } | null
  }
  return cancellation ? `${status}: ${cancellation.reason}` : status
}

export const expiryPaused = async (url: string) => {
  const body = (await (await fetch(`${url}/health/ready`)).json()) as { expiryPaused: string | null }
  return body.expiryPaused
}

/** Waits until the inbox of the order service is bound. Returns a function that publishes events of this service. */
export const publisherOf = async (broker: Broker, service: 'inventory' | 'payment' | 'notification') => {
  const stores = { database: service, retries: unused, deadLetters: unused, redactText: (text: string) => text }
  const topology = { ...topologyOf(choreography[service], choreography), queues: [], requiredInboxes: ['order.inbox'] }
  const { publisher } = broker.join(topology, stores)
  await waitFor(() => expect(publisher.waitingFor()).toBeNull())
  return (message: Message) =>
    publisher.publish(eventAddress(service), {
      ...{ id: message.id, type: message.type, correlationId: message.subject, appId: service, contentType },
      ...{ timestamp: new Date(), headers: {}, body: Buffer.from(encode(message, {})) },
    })
}

export const inventoryPublisher = async (broker: Broker) => {
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

export const mug = { lines: [{ sku: 'mug', quantity: 1 }] }

/** Sets the time of an expiry, in seconds from now. */
export const expiresAt = (sql: Database, id: string, seconds: number) =>
  sql.query("update customer_order set expires_at = now() + $2::float * interval '1 second' where id = $1", [
    id,
    seconds,
  ])
