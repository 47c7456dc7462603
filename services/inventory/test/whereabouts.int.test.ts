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
import { inventory } from '../src/service.ts'

it('derives the handled events from the reservation', async () => {
  const { url, drop } = await createServiceDatabase(inject('postgresUrl'), inventory)
  onTestFinished(drop)
  const log = pino({ level: 'silent' })
  const broker = inProcessBroker({ onError: (error) => log.error(error) })
  onTestFinished(() => broker.close())
  const service = await startService(inventory, { broker, log, env: { DATABASE_URL: url, PORT: '0' } })
  onTestFinished(() => service.stop())
  const sql = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => sql.end())
  const orderId = newOrderId()
  await sql.query(`insert into reservation (order_id, status, lines) values ($1, 'released', '[]')`, [orderId])
  const response = await fetch(`${service.url}/whereabouts?orderId=${orderId}`)
  expect(await response.json()).toMatchObject({ items: [{ handled: ['OrderCancelled'] }] })
})
