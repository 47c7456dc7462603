import { choreography, newOrderId } from '@quadrille/events'
import { eventAddress, inProcessBroker, topologyOf } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { openDatabase } from '@quadrille/postgres'
import { startService } from '@quadrille/service'
import { aMessage, anOrder, toWire } from '@quadrille/shop-testing'
import { createTestDatabase } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { expect, inject, it } from 'vitest'
import { loyalty } from '../src/service.ts'

const log = pino({ level: 'silent' })
it('gives points for a fulfilled order, once, without a change in any other service', async () => {
  const database = await createTestDatabase(inject('postgresUrl'))
  const broker = inProcessBroker({ onError: (error) => log.error(error) })
  const service = await startService(loyalty, { broker, env: { DATABASE_URL: database.url, PORT: '0' }, log })
  const pointsOf = async (customerId: string) => (await fetch(`${service.url}/points/${customerId}`)).json()
  const order = broker.join({ ...topologyOf(choreography.order, choreography), requiredInboxes: [] }, memoryStores())

  const message = aMessage('OrderFulfilled', anOrder())
  const wire = toWire(message)
  await order.publisher.publish(eventAddress('order'), wire)
  await order.publisher.publish(eventAddress('order'), wire)

  await waitFor(async () => expect(await pointsOf('customer-1')).toEqual({ customerId: 'customer-1', points: 45 }))
  expect(await pointsOf('customer-2')).toEqual({ customerId: 'customer-2', points: 0 })
  expect(await pointsOf('%00')).toMatchObject({ status: 404 })

  const sql = openDatabase({
    url: database.url,
    applicationName: 'test',
    max: 1,
    onIdleError: (error) => log.error(error),
  })
  expect(await sql.query('select order_id, state from points')).toEqual([
    { order_id: message.subject, state: { customerId: 'customer-1', points: 45 } },
  ])

  const yen = aMessage('OrderFulfilled', { ...anOrder(newOrderId()), currency: 'JPY', total: 3_000_000_000 })
  await order.publisher.publish(eventAddress('order'), toWire(yen))
  await waitFor(async () => expect(await pointsOf('customer-1')).toMatchObject({ points: 3_000_000_045 }))
  await sql.end()
  await service.stop()
  await broker.close()
  await database.drop()
})
