/** `/whereabouts` reports the notifications that wait, from rows in Postgres. */
import { newOrderId } from '@quadrille/events'
import { messageId } from '@quadrille/messages'
import { inProcessBroker } from '@quadrille/messaging'
import { openDatabase } from '@quadrille/postgres'
import { startService } from '@quadrille/service'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { pino } from 'pino'
import { expect, inject, it, onTestFinished } from 'vitest'
import { notification } from '../src/service.ts'

const orderId = newOrderId()

/** An order with a sent and a pending email. The last failed attempt is that of `occasion`. */
const whereaboutsAfterFailureOf = async (occasion: string, env: Record<string, string>) => {
  const { url, drop } = await createServiceDatabase(inject('postgresUrl'), notification)
  onTestFinished(drop)
  const log = pino({ level: 'silent' })
  const broker = inProcessBroker({ onError: (error) => log.error(error) })
  onTestFinished(() => broker.close())
  const service = await startService(notification, { broker, log, env: { DATABASE_URL: url, PORT: '0', ...env } })
  onTestFinished(() => service.stop())
  const sql = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => sql.end())
  await sql.query(
    `insert into notification (order_id, channel, occasion, status, attempts, at)
     values ($1, 'email', 'order_placed', 'sent', 2, now()), ($1, 'email', 'order_fulfilled', 'pending', 0, now() - interval '1 min')`,
    [orderId],
  )
  await sql.query(
    `insert into failed_attempt (subject, number, message_id, type, queue, attempt, error, outcome, first_failed_at, at, next_at)
     values ($1, 1, $2, 'Notify', 'notification.email', 1, 'busy', 'retried', now(), now(), now() + interval '1 min')`,
    [orderId, messageId(orderId, 'Notify', occasion)],
  )
  const page = await (await fetch(`${service.url}/whereabouts?orderId=${orderId}`)).json()
  return (page as { items: unknown[] }).items[0]
}

const email = messageId(orderId, 'Notify', 'order_fulfilled')
const smtp = { SMTP_URL: 'smtp://127.0.0.1:1' }

it.each([
  ['sent', smtp],
  ['stored', {}],
])('shows the pending email, and that it is retried, if emails are %s', async (_, env) => {
  expect(await whereaboutsAfterFailureOf('order_fulfilled', env)).toMatchObject({
    waiting: [{ messageId: email, place: 'retry', type: 'Notify', error: 'busy' }],
    task: { messageId: email, type: 'Notify', queue: 'notification.email', attempts: null, error: 'busy' },
  })
})

it('does not show a failure of an email that was sent since', async () => {
  expect(await whereaboutsAfterFailureOf('order_placed', smtp)).toMatchObject({
    waiting: [],
    task: { type: 'Notify', queue: 'notification.email', error: null },
  })
})
