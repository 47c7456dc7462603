/** An email that the mail server has deferred is not sent after a later one that replaces it. */
import { choreography, type Message, newOrderId } from '@quadrille/events'
import { amqpBroker, eventAddress, inboxOf, topologyOf } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { startService } from '@quadrille/service'
import { aMessage, anOrder, aPlacedOrder, toWire } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { createVhost } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { beforeEach, expect, inject, it } from 'vitest'
import { notification } from '../src/service.ts'
import { type MailServer, startMailServer } from './mail-server.ts'

const orderId = newOrderId()
const { total, currency } = anOrder(orderId)
const money = { orderId, amount: total, currency }
const placed = aMessage('OrderPlaced', aPlacedOrder(orderId))
const fulfilled = aMessage('OrderFulfilled', anOrder(orderId))
const cancelled = aMessage('OrderCancelled', { ...anOrder(orderId), reason: 'out_of_stock' })
const refundFailed = aMessage('PaymentRefundFailed', { ...money, code: 'charge_disputed' })
const refunded = aMessage('PaymentRefunded', { ...money, gatewayReference: 'g1' })

const subjects = {
  order_placed: 'Thank you for your order',
  order_fulfilled: 'Your order is confirmed',
  order_cancelled: 'Your order was cancelled',
  refund_failed: 'Your refund needs a little longer',
  payment_refunded: 'Your refund is on its way',
}
type Occasion = keyof typeof subjects

let mailServer: MailServer
let url: string
/** The messages that the order service has received. */
let heard: unknown[]
let publish: (event: Message) => Promise<void>

beforeEach(async () => {
  heard = []
  mailServer = await startMailServer()
  const [test, vhost] = [
    await createServiceDatabase(inject('postgresUrl'), notification),
    await createVhost(inject('rabbitmqUrl')),
  ]
  const broker = amqpBroker(vhost.url, { onError: () => undefined })
  const others = { requiredInboxes: ['notification.inbox'] }
  const order = broker.join({ ...topologyOf(choreography.order, choreography), ...others }, memoryStores())
  const payment = broker.join({ ...topologyOf(choreography.payment, choreography), ...others }, memoryStores())
  order.consume(
    inboxOf('order'),
    (delivery) => {
      heard.push(JSON.parse(delivery.message.body.toString()))
      delivery.ack()
    },
    { prefetch: 10 },
  )
  publish = async (event) => {
    const { publisher } = event.source === '/payment' ? payment : order
    await publisher.publish(eventAddress(event.source === '/payment' ? 'payment' : 'order'), toWire(event))
  }
  const env = { DATABASE_URL: test.url, PORT: '0', SMTP_URL: mailServer.url }
  const service = await startService(notification, { broker, env, log: pino({ level: 'silent' }) })
  url = service.url
  await waitFor(() => expect([order.publisher.waitingFor(), payment.publisher.waitingFor()]).toEqual([null, null]))
  return async () => {
    await service.stop()
    await broker.close()
    await mailServer[Symbol.asyncDispose]()
    await test.drop()
    await vhost.drop()
  }
})

const metrics = async () => (await fetch(`${url}/metrics`)).text()

/** The number of notifications by status. */
const counted = async () => {
  const lines = (await metrics()).matchAll(/^quadrille_notifications_total\{.*status="(\w+)".*\} (\d+)$/gm)
  return Object.fromEntries(Array.from(lines, ([, status, count]) => [status, count]))
}

/** The notifications of the order, such as "order_placed sent" and "order_placed failed smtp_550", the first first. */
const results = async (): Promise<string[]> => {
  const page = (await (await fetch(`${url}/notifications?orderId=${orderId}`)).json()) as {
    items: { occasion: string; status: string; code?: string }[]
  }
  return page.items.toReversed().map(({ occasion, status, code }) => [occasion, status, code].filter(Boolean).join(' '))
}

const sentSubjects = () => mailServer.emails.map(({ raw }) => /^Subject: (.*)$/m.exec(raw)?.[1])

/**
 * Publishes an event of which the mail server defers the email, and waits until an attempt has failed. An attempt that has begun when
 * the server stops deferring it sends the email.
 */
const deferEmail = async (event: Message, occasion: Occasion) => {
  mailServer.deferred.add(subjects[occasion])
  await publish(event)
  await waitFor(async () =>
    expect(await metrics()).toMatch(/^quadrille_retries_total\{queue="notification.email",.*\} 1$/m),
  )
}

/** Publishes an event, and waits until its email is sent. */
const sendEmail = async (event: Message, occasion: Occasion) => {
  await publish(event)
  await waitFor(async () => expect(await results()).toContain(`${occasion} sent`))
}

it.each([
  ['order_fulfilled', fulfilled],
  ['order_cancelled', cancelled],
] as const)('the receipt of an order is not sent after the email about %s', async (end, event) => {
  await deferEmail(placed, 'order_placed')
  await sendEmail(event, end)
  await waitFor(async () => expect(await results()).toEqual(['order_placed failed overtaken', `${end} sent`]))
  const failure = { orderId, channel: 'email', occasion: 'order_placed', code: 'overtaken' }
  const failed = expect.objectContaining({ type: 'NotificationFailed', data: failure })
  await waitFor(() => expect(heard).toContainEqual(failed))
  expect(sentSubjects()).toEqual([subjects[end]])
  await waitFor(async () => expect(await counted()).toEqual({ sent: '1', failed: '0', overtaken: '1' }))
})

it('a refused refund is not announced after the refund', async () => {
  await sendEmail(cancelled, 'order_cancelled')
  await deferEmail(refundFailed, 'refund_failed')
  await sendEmail(refunded, 'payment_refunded')
  const expected = ['order_cancelled sent', 'refund_failed failed overtaken', 'payment_refunded sent']
  await waitFor(async () => expect(await results()).toEqual(expected))
  expect(sentSubjects()).toEqual([subjects.order_cancelled, subjects.payment_refunded])
})

it('an email that no later one replaces is sent, even after others', async () => {
  await deferEmail(cancelled, 'order_cancelled')
  await sendEmail(refunded, 'payment_refunded')
  mailServer.deferred.clear()
  await waitFor(async () => expect(await results()).toEqual(['order_cancelled sent', 'payment_refunded sent']))
  expect(sentSubjects()).toEqual([subjects.payment_refunded, subjects.order_cancelled])
})
