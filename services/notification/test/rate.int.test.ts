/** EMAIL_RATE limits the attempts to send emails, and SMTP_CONNECTIONS those of an instance at a time. The others wait. */

import { choreography, encode, newOrderId } from '@quadrille/events'
import { inboxOf, inProcessBroker, topologyOf } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { openDatabase } from '@quadrille/postgres'
import { startService } from '@quadrille/service'
import { aMessage, anOrder } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { waitFor } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { expect, inject, it, onTestFinished } from 'vitest'
import { notification } from '../src/service.ts'
import { type MailServer, startMailServer } from './mail-server.ts'

/** The service, whose relay sends the tasks of this many emails to its queue. */
const startWith = async (mailServer: MailServer, emails: number, variables: Readonly<Record<string, string>>) => {
  const test = await createServiceDatabase(inject('postgresUrl'), notification)
  const database = openDatabase({ url: test.url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  const broker = inProcessBroker({ onError: () => undefined })
  for (const { orderId, customer, currency, total } of Array.from({ length: emails }, () => anOrder(newOrderId()))) {
    await database.query(
      `insert into addressee (order_id, customer_id, email, currency, total, occasions)
       values ($1, $2, $3, $4, $5, '{order_placed}')`,
      [orderId, customer.id, customer.email, currency, total],
    )
    await database.query(
      `insert into notification (order_id, channel, occasion, status, attempts)
       values ($1, 'email', 'order_placed', 'pending', 0)`,
      [orderId],
    )
    const notice = aMessage('Notify', { orderId, occasion: 'order_placed', customer, currency, total })
    await database.query(
      `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
       values ($1, $2, $3, 'notification.direct', 'notification.email', $4, now())`,
      [notice.id, notice.type, notice.subject, encode(notice)],
    )
  }
  const env = { DATABASE_URL: test.url, PORT: '0', SMTP_URL: mailServer.url, ...variables }
  const order = broker.join(topologyOf(choreography.order, choreography), memoryStores()) // the relay waits for its inbox
  order.consume(inboxOf('order'), (delivery) => delivery.ack(), { prefetch: 10 })
  const service = await startService(notification, { broker, env, log: pino({ level: 'silent' }) })
  onTestFinished(async () => {
    await service.stop()
    await broker.close()
    await mailServer[Symbol.asyncDispose]()
    await database.end()
    await test.drop()
  })
  return { service, database }
}

it('an email without a permit waits, and is sent with the next one', async () => {
  const mailServer = await startMailServer()
  const { database } = await startWith(mailServer, 2, { EMAIL_RATE: '1/h' })
  const statuses = async () => {
    const rows = await database.query<{ status: string; attempts: number }>(
      'select status, attempts from notification order by status desc',
    )
    return rows.map(({ status, attempts }) => `${status} ${attempts}`)
  }
  const soon = (expected: readonly string[]) => waitFor(async () => expect(await statuses()).toEqual(expected))
  await soon(['sent 1', 'pending 0'])
  expect(mailServer.emails).toHaveLength(1)
  await database.query('update rate_limit set full_at = now()')
  await soon(['sent 1', 'sent 1'])
  expect(mailServer.emails).toHaveLength(2)
})

it('an instance holds no more emails than it has connections; the others stay in the queue', async () => {
  const mailServer = await startMailServer({ unconfirmed: 'silent' })
  const { service } = await startWith(mailServer, 3, { SMTP_CONNECTIONS: '2' })
  await waitFor(() => expect(mailServer.emails).toHaveLength(2))
  const queues = async () => ((await (await fetch(`${service.url}/queues`)).json()) as { queues: unknown[] }).queues
  const waiting = expect.objectContaining({ name: 'notification.email', waiting: 1 })
  await waitFor(async () => expect(await queues()).toContainEqual(waiting))
  expect(mailServer.emails).toHaveLength(2)
})
