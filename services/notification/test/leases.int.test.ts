/** A worker leases a notification before it sends it, so that several workers with the same task send one email. */

import { choreography, encode, type Message, newOrderId } from '@quadrille/events'
import { amqpBroker, inboxOf, topologyOf } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { type Database, openDatabase } from '@quadrille/postgres'
import { startService, Unavailable } from '@quadrille/service'
import { aMessage, anOrder } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { createVhost, proxyTo, type TestDatabase } from '@quadrille/testing'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { afterEach, beforeAll, beforeEach, expect, inject, it, onTestFinished } from 'vitest'
import { emailTextOf } from '../src/channels/email-text.ts'
import { smtpEmail } from '../src/channels/smtp-email.ts'
import { storedEmail } from '../src/channels/stored-email.ts'
import { openNotificationStore } from '../src/db/notification-store.ts'
import { notification } from '../src/service.ts'
import { leaseMsFor, type NotifyOptions, notify } from '../src/tasks/notify.ts'
import { type MailServer, startMailServer } from './mail-server.ts'

let test: TestDatabase
let database: Database
let mailServer: MailServer
beforeAll(async () => {
  test = await createServiceDatabase(inject('postgresUrl'), notification)
  database = open(test.url)
  return async () => {
    await database.end()
    await test.drop()
  }
})
beforeEach(async () => {
  await database.query('truncate addressee, notification')
  mailServer = await startMailServer()
})
afterEach(() => mailServer[Symbol.asyncDispose]())

const open = (url: string): Database =>
  openDatabase({
    url,
    applicationName: 'test',
    max: 2,
    idleInTransactionMs: 60_000, // a test works elsewhere during its transaction
    onIdleError: () => undefined,
  })

/** A connected pool whose network a test can disturb. */
const openProxied = async () => {
  const proxy = await proxyTo(test.url)
  const proxied = open(proxy.url)
  onTestFinished(async () => {
    await proxied.end()
    await proxy.close()
  })
  await proxied.query('select 1')
  return { proxy, database: proxied }
}

const running = new AbortController().signal

/** An order with a pending notification, and its task. */
const aNotice = async (): Promise<Message<'Notify'>> => {
  const orderId = newOrderId()
  const { customer, currency, total } = anOrder(orderId)
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
  return aMessage('Notify', { orderId, occasion: 'order_placed', customer, currency, total })
}

interface EmailOptions extends Partial<Pick<NotifyOptions, 'onNotReleased'>> {
  readonly leaseMs?: number
}

const ignore = () => undefined

const emailOf = (at: Database, { leaseMs = 60_000, onNotReleased = ignore }: EmailOptions = {}) =>
  notify(
    { ...smtpEmail({ url: mailServer.url, from: 'shop@example.com', maxConnections: 5, tls: 'off' }), timeoutMs: 200 },
    { store: openNotificationStore(at, { leaseMs }), maxAttempts: 1, onExhausted: ignore, onNotReleased },
  )

it('one task that two instances get ten times at once sends one email', async () => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  const broker = amqpBroker(vhost.url, { onError: () => undefined })
  const env = { DATABASE_URL: test.url, PORT: '0', SMTP_URL: mailServer.url, NOTIFY_ATTEMPTS: '1' }
  const start = () => startService(notification, { broker, env, log: pino({ level: 'silent' }) })
  const instances = [await start(), await start()]
  onTestFinished(async () => {
    await Promise.all(instances.map((instance) => instance.stop()))
    await broker.close()
    await vhost.drop()
  })
  const order = broker.join(topologyOf(choreography.order, choreography), memoryStores()) // the relay waits for its inbox
  order.consume(inboxOf('order'), (delivery) => delivery.ack(), { prefetch: 10 })
  const notice = await aNotice()
  await database.query(
    `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
     select $1, $2, $3, 'notification.direct', 'notification.email', $4, now() from generate_series(1, 10)`,
    [notice.id, notice.type, notice.subject, encode(notice)],
  )
  const handled = async () => {
    const pages = await Promise.all(instances.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()))
    return pages
      .map((page) => Number(/quadrille_deliveries_handled_total{queue="notification.email".*} (\d+)/.exec(page)?.[1]))
      .reduce((sum, count) => sum + count, 0)
  }
  // Each of the ten, and all but the first once more after the result is known.
  await waitFor(async () => expect(await handled()).toBeGreaterThanOrEqual(11), { interval: 200 })
  const sent = async () => database.query('select status, attempts from notification')
  await waitFor(async () => expect(await sent()).toEqual([{ status: 'sent', attempts: 1 }]))
  expect(mailServer.emails).toHaveLength(1)
  expect(await database.query('select reason from dead_letter')).toEqual([])
})

it('a worker without a lease retries later, and that is not counted as an attempt', async () => {
  const [notice, other] = [await aNotice(), open(test.url)]
  onTestFinished(() => other.end())
  const attempts = [database, other].map((at) => emailOf(at).perform(notice, { number: 1, signal: running }))
  const outcomes = await Promise.allSettled(attempts)
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const rejected = outcomes.find((outcome) => outcome.status === 'rejected')
  expect(rejected?.reason).toBeInstanceOf(Unavailable)
  expect(mailServer.emails).toHaveLength(1)
})

it('a channel that sends nothing needs no lease', async () => {
  const notice = await aNotice()
  const store = openNotificationStore(database, { leaseMs: 60_000 })
  const task = notify(storedEmail, { store, maxAttempts: 1, onExhausted: ignore, onNotReleased: ignore })
  const attempts = [task, task].map(({ perform }) => perform(notice, { number: 1, signal: running }))
  const [first, second] = await Promise.all(attempts)
  expect(first).toMatchObject({ type: 'NotificationDelivered', data: { kept: emailTextOf(notice.data) } })
  expect(second).toEqual(first)
  expect(await database.query('select from notification where claimed_until is not null')).toEqual([])
})

it('a lease waits a moment for a row that a reaction has locked', async () => {
  const notice = await aNotice()
  const locked = Promise.withResolvers<void>()
  const asking = Promise.withResolvers<void>()
  const other = open(test.url)
  onTestFinished(() => other.end())
  const reaction = other.transaction(async (sql) => {
    await sql.query('update notification set attempts = attempts where order_id = $1', [notice.data.orderId])
    locked.resolve()
    await asking.promise
  })
  await locked.promise
  let statements = 0
  const watched: Database = {
    ...database,
    query: async (text, values) => {
      const rows = await database.query(text, values)
      statements += 1
      if (statements === 2) asking.resolve()
      return rows as never
    },
  }
  const lease = await openNotificationStore(watched, { leaseMs: 60_000 }).acquire({ ...notice.data, channel: 'email' })
  asking.resolve()
  await reaction
  expect(lease).toMatchObject({ orderId: notice.data.orderId })
})

it('a lease is released after a failed delivery, so that the next attempt need not wait', async () => {
  const notice = await aNotice()
  mailServer.refuseNext('content', '550 5.7.26 This sender is unauthenticated')
  const email = emailOf(database)
  await expect(email.perform(notice, { number: 1, signal: running })).rejects.toMatchObject({ outage: true })
  expect(await email.perform(notice, { number: 2, signal: running })).toMatchObject({ type: 'NotificationDelivered' })
})

it('the lease of an email that has failed finally stays, so that no worker sends it before the failure is stored', async () => {
  const notice = await aNotice()
  await mailServer[Symbol.asyncDispose]()
  mailServer = await startMailServer({ unconfirmed: 'closed' })
  const email = emailOf(database)
  const last = await email.perform(notice, { number: 1, signal: running })
  const outcome = { type: 'NotificationUndeliverable', data: { attempts: 1, code: 'attempts_exhausted' } }
  expect(last).toMatchObject({ outcome })
  await expect(email.perform(notice, { number: 1, signal: running })).rejects.toMatchObject({ name: 'NotLeased' })
  expect(mailServer.emails).toHaveLength(1)
})

it('the error of a lease that cannot be released is reported, and the next attempt waits until the lease expires', async () => {
  const notice = await aNotice()
  await database.query(
    `create function refuse() returns trigger language plpgsql as $$
     begin raise 'raised by the test' using errcode = '42501'; end $$`,
  )
  await database.query(
    `create trigger refuse before update on notification for each row when (new.claimed_until is null)
     execute function refuse()`,
  )
  onTestFinished(async () => void (await database.query('drop function refuse cascade')))
  mailServer.refuseNext('content', '550 5.7.26 This sender is unauthenticated')
  const reported: unknown[] = []
  const email = emailOf(database, { onNotReleased: (error, { orderId }) => void reported.push([error, orderId]) })
  await expect(email.perform(notice, { number: 1, signal: running })).rejects.toMatchObject({ outage: true })
  expect(reported).toEqual([[expect.objectContaining({ code: '42501' }), notice.data.orderId]])
  await expect(email.perform(notice, { number: 2, signal: running })).rejects.toMatchObject({ name: 'NotLeased' })
})

it("an expired lease that another worker has now can't be released", async () => {
  const { data } = await aNotice()
  const key = { ...data, channel: 'email' } as const
  const late = await openNotificationStore(database, { leaseMs: 1 }).acquire(key)
  const store = openNotificationStore(database, { leaseMs: 60_000 })
  await waitUntil(async () => typeof (await store.acquire(key)) === 'object')
  if (typeof late === 'object') await store.release(late)
  expect(await store.acquire(key)).toBe('taken')
})

it('a lease has the occasions of the order whose notifications were sent', async () => {
  const [{ data }, other] = [await aNotice(), await aNotice()]
  for (const [orderId, occasion, status] of [
    [data.orderId, 'order_cancelled', 'sent'],
    [data.orderId, 'payment_refunded', 'pending'],
    [data.orderId, 'refund_failed', 'failed'],
    [other.subject, 'order_fulfilled', 'sent'],
  ])
    await database.query(
      `insert into notification (order_id, channel, occasion, status, attempts, code)
       values ($1, 'email', $2, $3::text, 1, case $3 when 'failed' then 'smtp_550' end)`,
      [orderId, occasion, status],
    )
  const lease = await openNotificationStore(database, { leaseMs: 60_000 }).acquire({ ...data, channel: 'email' })
  expect(lease).toMatchObject({ orderId: data.orderId, sentOccasions: ['order_cancelled'] })
})

it('a lease that was not released expires, and another worker sends', async () => {
  const notice = await aNotice()
  await openNotificationStore(database, { leaseMs: 1 }).acquire({ ...notice.data, channel: 'email' })
  const sent = waitUntil(() => emailOf(database).perform(notice, { number: 1, signal: running }).catch(notLeasedYet))
  expect(await sent).toMatchObject({ type: 'NotificationDelivered' })
})

const notLeasedYet = (error: Error) => {
  if (error.name === 'NotLeased') return false
  throw error
}

it('a lease allows for a slow database', async () => {
  const notice = await aNotice()
  const { proxy, database: slow } = await openProxied()
  proxy.delay(300) // in each direction
  const email = emailOf(slow, { leaseMs: leaseMsFor({ timeoutMs: 200 }) })
  expect(await email.perform(notice, { number: 1, signal: running })).toMatchObject({ type: 'NotificationDelivered' })
})

it('a worker that gets its lease too late sends nothing', async () => {
  const notice = await aNotice()
  const { proxy, database: slow } = await openProxied()
  proxy.hold('to the client') // as if this process were stopped
  const late = emailOf(slow, { leaseMs: 300 }).perform(notice, { number: 1, signal: running })
  const lapsed = async () =>
    (await database.query('select 1 from notification where claimed_until < clock_timestamp()')).length > 0
  await waitUntil(lapsed)
  proxy.release()
  await expect(late).rejects.toBeInstanceOf(Unavailable)
  expect(mailServer.emails).toEqual([])
})

it('a notification whose row is locked does not block others', async () => {
  const [locked, free] = [await aNotice(), await aNotice()]
  await database.transaction(async (sql) => {
    await sql.query('select 1 from notification where order_id = $1 for update', [locked.subject])
    const email = emailOf(database)
    const perform = (notice: Message<'Notify'>) => email.perform(notice, { number: 1, signal: running })
    const [first, second] = await Promise.allSettled([perform(locked), perform(free)])
    expect(first).toMatchObject({ status: 'rejected', reason: { code: '55P03' } }) // not_now: it counts as no attempt
    expect(second).toMatchObject({ status: 'fulfilled', value: { type: 'NotificationDelivered' } })
  })
})
