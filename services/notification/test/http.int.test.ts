/** The whole service, with a real Postgres and the in-process broker: from an event to GET /notifications. */

import { choreography, newOrderId } from '@quadrille/events'
import {
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
import { waitUntil } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { notificationExample } from '../src/http/list-notifications.ts'
import { notification } from '../src/service.ts'
import { type MailServer, startMailServer } from './mail-server.ts'

const log = pino({ level: 'silent' })
let mailServer: MailServer
let order: Participant
let heard: string[]
let service: RunningService

const hear = (delivery: Delivery) => {
  heard.push(delivery.message.type)
  delivery.ack()
}

/** Starts the service on a database of its own. Returns a function that stops it. */
const start = async (env: Record<string, string> = {}) => {
  heard = []
  const database = await createServiceDatabase(inject('postgresUrl'), notification)
  const broker = inProcessBroker({ onError: (error) => log.error(error) })
  order = broker.join({ ...topologyOf(choreography.order, choreography), requiredInboxes: [] }, memoryStores())
  order.consume(inboxOf('order'), hear, { prefetch: 100 })
  service = await startService(notification, { broker, env: { DATABASE_URL: database.url, PORT: '0', ...env }, log })
  return async () => {
    await service.stop()
    await broker.close()
    await database.drop()
  }
}

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
  beforeAll(() => start())

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

it('the list has the newest first, page by page, of all orders or of one', async () => {
  onTestFinished(await start())
  const orders = [newOrderId(), newOrderId(), newOrderId()]
  for (const orderId of orders) await place(orderId)
  const first = await call('/notifications?limit=2')
  const second = await call(`/notifications?limit=2&cursor=${first.body.nextCursor}`)
  expect([...first.body.items, ...second.body.items].map(({ orderId }) => orderId)).toEqual(orders.toReversed())
  expect(second.body.nextCursor).toBeNull()
  expect((await call(`/notifications?orderId=${newOrderId()}`)).body).toEqual({ items: [], nextCursor: null })
})

it('an email that waits for the mail server is shown with the reason', async () => {
  onTestFinished(await start({ SMTP_URL: 'smtp://127.0.0.1:1' }))
  const orderId = newOrderId()
  await place(orderId)
  const path = `/whereabouts?orderId=${orderId}`
  const { waiting, task } = await waitUntil(async () => {
    const [item] = (await call(path)).body.items
    return item.task?.error && item
  })
  const error = expect.stringContaining('ECONNREFUSED')
  const email = { type: 'Notify', queue: 'notification.email', error }
  const messageId = expect.stringMatching(/^[\da-f-]{36}$/)
  expect(task).toEqual({ ...email, messageId, attempts: null, since: expect.stringMatching(/^\d{4}-.*Z$/) })
  expect(waiting).toContainEqual(expect.objectContaining({ ...email, place: 'retry' }))
})

describe('with a mail server', () => {
  beforeAll(async () => {
    mailServer = await startMailServer()
    const stop = await start({ SMTP_URL: mailServer.url, MAIL_FROM: 'shop@example.com', NOTIFY_ATTEMPTS: '2' })
    return async () => {
      await stop()
      await mailServer[Symbol.asyncDispose]()
    }
  })

  const emailsAbout = (orderId: string) => mailServer.emails.filter(({ raw }) => raw.includes(`<${orderId}.`))

  it('sends the email, does not store it, and shows that', async () => {
    const orderId = newOrderId()
    await place(orderId)
    const [item] = await shown(orderId, 'sent')
    await waitUntil(() => heard.includes('NotificationSent'))
    expect(item).not.toHaveProperty('text')
    expect(emailsAbout(orderId)).toMatchObject([{ from: 'shop@example.com', to: ['customer@example.com'] }])
  })

  it('dates the email by the clock of the database', async () => {
    const orderId = newOrderId()
    vi.useFakeTimers({ toFake: ['Date'], now: 0 })
    onTestFinished(() => void vi.useRealTimers())
    await place(orderId)
    await shown(orderId, 'sent')
    expect(emailsAbout(orderId)).toEqual([
      expect.objectContaining({ raw: expect.not.stringMatching(/^Date: .* 1970 /m) }),
    ])
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
    expect(emailsAbout(orderId)).toHaveLength(1)
  })

  it('gives up an email after NOTIFY_ATTEMPTS', async () => {
    const orderId = newOrderId()
    mailServer.refuseNext('content', 451, 451)
    await place(orderId)
    expect(await shown(orderId, 'failed')).toMatchObject([{ code: 'attempts_exhausted', attempts: 2 }])
  })
})
