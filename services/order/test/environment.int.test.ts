/** During a temporary fault of the database, requests get a 503 with Retry-After, and never a 500. */

import { inProcessBroker } from '@quadrille/messaging'
import { openDatabase } from '@quadrille/postgres'
import { startService } from '@quadrille/service'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { waitFor } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { expect, inject, it, onTestFinished } from 'vitest'
import { order } from '../src/service.ts'

const valid = {
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'mug', quantity: 2, unitPrice: 1_250 }],
  payment: { method: 'pm_card_visa' },
}

const openOrders = async () => {
  const test = await createServiceDatabase(inject('postgresUrl'), order)
  const open = (url: string) => openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  const [database, server] = [open(test.url), open(inject('postgresUrl'))]
  const broker = inProcessBroker({ onError: () => undefined })
  const env = { DATABASE_URL: test.url, PORT: '0', ORDER_CHECK: 'off' }
  const service = await startService(order, { broker, env, log: pino({ level: 'silent' }) })
  onTestFinished(async () => {
    await service.stop()
    await broker.close()
    await database.end()
    await test.drop()
    await server.end()
  })
  const get = (path: string) => fetch(service.url + path)
  const post = () =>
    fetch(`${service.url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(valid),
    })
  return { database, server, name: new URL(test.url).pathname.slice(1), get, post }
}

const ordersIn = async (response: Response) => {
  const { items } = (await response.json()) as { items: unknown[] }
  return items
}

const shown = ({ status, headers }: Response) => [status, headers.get('retry-after') !== null]

it('orders and queries are rejected with 503 while a table is missing', async () => {
  const { database, get, post } = await openOrders()
  expect(shown(await post())).toEqual([202, false])
  await database.query('alter table customer_order rename to mislaid')
  expect(shown(await post())).toEqual([503, true])
  expect(shown(await get('/orders'))).toEqual([503, true])
  await database.query('alter table mislaid rename to customer_order')
  expect(shown(await post())).toEqual([202, false])
  expect(await ordersIn(await get('/orders'))).toHaveLength(2)
})

it('orders are rejected with 503 after the database was dropped, until it is restored', async () => {
  const { server, name, get, post } = await openOrders()
  expect(shown(await post())).toEqual([202, false])
  await server.query(`alter database ${name} with allow_connections false`)
  // Retried, because a connection that is being opened is not in pg_stat_activity yet, and prevents the copy.
  await waitFor(async () => {
    await server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
    await server.query(`create database backup_of_${name} template ${name}`)
  })
  await server.query(`drop database ${name} with (force)`)
  for (const request of [post, () => get('/orders'), post]) expect(shown(await request())).toEqual([503, true])
  await server.query(`create database ${name} template backup_of_${name}`)
  await server.query(`drop database backup_of_${name}`)
  await waitFor(async () => expect(shown(await post())).toEqual([202, false]))
  expect(await ordersIn(await get('/orders'))).toHaveLength(2)
})
