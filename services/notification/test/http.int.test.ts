/** The whole service, with a real Postgres and the in-process broker: from an event to GET /notifications. */

import { choreography, newOrderId } from '@quadrille/events'
import {
  type Broker,
  type Delivery,
  eventAddress,
  inboxOf,
  inProcessBroker,
  type Participant,
  topologyOf,
} from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { type RunningService, startService } from '@quadrille/service'
import { aMessage, aPlacedOrder, toWire } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import type { TestDatabase } from '@quadrille/testing'
import { waitUntil } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { notificationExample } from '../src/http/list-notifications.ts'
import { notification } from '../src/service.ts'
import { type MailServer, startMailServer } from './mail-server.ts'

const log = pino({ level: 'silent' })
let database: TestDatabase
let mailServer: MailServer
let broker: Broker
let order: Participant
let heard: string[]
let service: RunningService

const hear = (delivery: Delivery) => {
  heard.push(delivery.message.type)
  delivery.ack()
}

const start = async (env: Record<string, string> = {}) => {
  broker = inProcessBroker({ onError: (error) => log.error(error) })
  order = broker.join({ ...topologyOf(choreography.order, choreography), requiredInboxes: [] }, memoryStores())
  order.consume(inboxOf('order'), hear, { prefetch: 100 })
  service = await startService(notification, { broker, env: { DATABASE_URL: database.url, PORT: '0', ...env }, log })
}

beforeEach(async () => {
  heard = []
  database = await createServiceDatabase(inject('postgresUrl'), notification)
  mailServer = await startMailServer()
})
afterEach(async () => {
  await service.stop()
  await broker.close()
  await mailServer[Symbol.asyncDispose]()
  await database.drop()
})

const place = async (orderId: string) => {
  const message = aMessage('OrderPlaced', aPlacedOrder(orderId))
  await order.publisher.publish(eventAddress('order'), toWire(message))
}

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into bodies of any shape
  readonly body: any
}

const call = async (path: string): Promise<Answer> => {
  const response = await fetch(service.url + path)
  return { status: response.status, body: await response.json() }
}

const shown = (orderId: string, status: string) =>
  waitUntil(async () => {
    const { body } = await call(`/notifications?orderId=${orderId}`)
    return body.items[0]?.status === status && body.items
  })

describe('without a mail server', () => {
  beforeEach(() => start())

  it('stores the email, and shows it', async () => {
    const orderId = newOrderId()
    await place(orderId)
    expect(await shown(orderId, 'sent')).toEqual([
      {
        ...notificationExample,
        orderId,
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        subject: 'Thank you for your order',
        text: expect.stringContaining('€45.00'),
      },
    ])
  })

  it('lists the newest first, page by page, of all orders or of one', async () => {
    const orders = [newOrderId(), newOrderId(), newOrderId()]
    for (const orderId of orders) await place(orderId)
    const first = await call('/notifications?limit=2')
    const second = await call(`/notifications?limit=2&cursor=${first.body.nextCursor}`)
    expect([...first.body.items, ...second.body.items].map(({ orderId }) => orderId)).toEqual(orders.toReversed())
    expect(second.body.nextCursor).toBeNull()
    expect((await call(`/notifications?orderId=${newOrderId()}`)).body).toEqual({ items: [], nextCursor: null })
  })

  it.each(['orderId=no-uuid', 'orderId=%00', 'limit=0', 'cursor=~', 'cursor=MA', 'colour=blue'])(
    'refuses ?%s',
    async (query) => {
      expect(await call(`/notifications?${query}`)).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: expect.any(String) }] },
      })
    },
  )
})

describe('with a mail server', () => {
  beforeEach(() => start({ SMTP_URL: mailServer.url, MAIL_FROM: 'shop@example.com' }))

  it('sends the email, does not store it, and shows that', async () => {
    const orderId = newOrderId()
    await place(orderId)
    const [item] = await shown(orderId, 'sent')
    await waitUntil(() => heard.includes('NotificationSent'))
    expect(item).not.toHaveProperty('text')
    expect(mailServer.emails).toMatchObject([{ from: 'shop@example.com', to: ['customer@example.com'] }])
  })

  it('shows the reason of a refusal', async () => {
    const orderId = newOrderId()
    mailServer.refuseNext('recipient', 550)
    await place(orderId)
    expect(await shown(orderId, 'failed')).toMatchObject([{ code: 'smtp_550', attempts: 1 }])
    await waitUntil(() => heard.includes('NotificationFailed'))
    const metrics = await (await fetch(`${service.url}/metrics`)).text()
    expect(metrics).toMatch(/^quadrille_notifications_total\{.*status="failed".*\} 1$/m)
  })

  it('retries a deferred email', async () => {
    const orderId = newOrderId()
    mailServer.refuseNext('content', 451)
    await place(orderId)
    expect(await shown(orderId, 'sent')).toMatchObject([{ attempts: 2 }])
    expect(mailServer.emails).toHaveLength(1)
  })
})

describe('the variables', () => {
  it.each([
    [{ SMTP_URL: 'http://127.0.0.1' }, 'SMTP_URL'],
    [{ MAIL_FROM: 'a@example.com, b@example.com' }, 'MAIL_FROM'],
    [{ NOTIFY_ATTEMPTS: '0' }, 'NOTIFY_ATTEMPTS'],
  ])('refuse %j', async (env, name) => {
    await start()
    const wrong = { broker, env: { DATABASE_URL: database.url, PORT: '0', ...env }, log }
    await expect(startService(notification, wrong)).rejects.toThrow(`${name} is wrong`)
  })
})
