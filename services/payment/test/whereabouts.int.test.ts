/**
 * `/whereabouts` reports messages as handled even after their rows were deleted from the inbox. Uses HTTP and Postgres only.
 */
import { newOrderId } from '@quadrille/events'
import { inProcessBroker } from '@quadrille/messaging'
import { openDatabase } from '@quadrille/postgres'
import { startService } from '@quadrille/service'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { pino } from 'pino'
import { expect, inject, it, onTestFinished } from 'vitest'
import { payment } from '../src/service.ts'

it('derives the handled events and the open task from the payment', async () => {
  const { url, drop } = await createServiceDatabase(inject('postgresUrl'), payment)
  onTestFinished(drop)
  const log = pino({ level: 'silent' })
  const broker = inProcessBroker({ onError: (error) => log.error(error) })
  onTestFinished(() => broker.close())
  const service = await startService(payment, { broker, log, env: { DATABASE_URL: url, PORT: '0' } })
  onTestFinished(() => service.stop())
  const sql = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => sql.end())
  const [open, refunding] = [newOrderId(), newOrderId()]
  const [requested, updated] = ['2026-11-26T18:51:00.000Z', '2026-11-26T18:53:00.000Z']
  await sql.query(
    `insert into payment (order_id, status, cancelled, amount, currency, gateway_reference, attempts, captured, refunded, refund_round,
       created_at, updated_at)
     values ($1, 'pending', false, 4500, 'EUR', 'r-0', 2, 0, 0, 0, $3, $4),
            ($2, 'refunding', true, 4500, 'EUR', 'r-1', 1, 4500, 0, 1, $3, $4)`,
    [open, refunding, requested, updated],
  )
  const whereabouts = async (orderId: string) => {
    const page = await (await fetch(`${service.url}/whereabouts?orderId=${orderId}`)).json()
    return (page as { items: unknown[] }).items
  }
  expect(await whereabouts(open)).toMatchObject([
    { handled: ['OrderPlaced'], task: { type: 'Charge', since: requested } },
  ])
  expect(await whereabouts(refunding)).toMatchObject([
    { handled: ['OrderCancelled'], task: { type: 'Refund', since: updated } },
  ])
})
