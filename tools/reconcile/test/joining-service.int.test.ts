/** Shipping starts for the first time in a running shop, over RabbitMQ, and fetches the orders that it has missed. */

import { type ByService, type ServiceName, serviceNames } from '@quadrille/events'
import { untilSettled } from '@quadrille/shop-testing'
import { createVhost } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { reconcile } from '../src/reconcile.ts'
import { auditNow } from './audit-now.ts'
import { rowsOf } from './older-database.ts'
import { createDatabases, type RunningShop, startShop } from './running-shop.ts'

let databases: ByService<string>
let shop: RunningShop
let start: (...names: ServiceName[]) => Promise<RunningShop>
const afterwards = new AsyncDisposableStack()
beforeAll(async () => {
  const created = await createDatabases(inject('postgresUrl'))
  const vhost = await createVhost(inject('rabbitmqUrl'))
  databases = created.databases
  afterwards.defer(async () => {
    await vhost.drop()
    await created.drop()
  })
  start = async (...only) => {
    const started = await startShop({ databases, amqpUrl: vhost.url, only })
    afterwards.defer(() => started.stop())
    return started
  }
  shop = await start(...serviceNames.filter((service) => service !== 'shipping')) // on an empty broker
  await shop.setStock({ mug: 100 })
})
afterAll(() => afterwards.disposeAsync())

const place = async (method = 'pm_card_visa'): Promise<string> => {
  const { status, body } = await shop.place({
    customer: { id: 'ada', email: 'ada@example.com' },
    currency: 'EUR',
    lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_500 }],
    payment: { method },
  })
  expect(status).toBe(202)
  const { id } = body as { id: string }
  await untilSettled(shop, [id])
  return id
}

const pause = async () => undefined
/** Ends when this many parts have paused. */
const pauseOf = (parts: number) => {
  const { promise, resolve } = Promise.withResolvers<void>()
  let paused = 0
  return () => {
    paused += 1
    if (paused === parts) resolve()
    return promise
  }
}
const untilClean = (of: Parameters<typeof auditNow>[0]) =>
  waitFor(async () => expect((await auditNow(of)).findings.flatMap(({ violations }) => violations)).toEqual([]), {
    interval: 200, // an audit takes as much time of the processor as many messages
  })

test('a service that starts for the first time fetches what it has missed', async () => {
  const { shipping: _, ...withoutShipping } = databases
  const [first, second] = [await place(), await place()]
  await place('pm_card_chargeDeclined')
  await untilClean(withoutShipping)

  const { urlOf } = await start('shipping')
  const shipments = async (): Promise<unknown> => (await fetch(`${urlOf('shipping')}/shipments?status=open`)).json()
  const ready = async () => (await fetch(`${urlOf('shipping')}/health/ready`)).json()
  await waitFor(async () => expect(await ready()).toMatchObject({ broker: 'ok' })) // its inbox exists
  expect(await shipments()).toMatchObject({ items: [] })
  expect((await auditNow(databases)).ok).toBe(false)
  const open = (...ids: string[]) => ({ items: ids.map((orderId) => ({ orderId, status: 'open', parcels: [] })) })
  const third = await place()
  await waitFor(async () => expect(await shipments()).toMatchObject(open(third)))
  await untilClean(withoutShipping) // as nothing else may be underway

  const options = { databases, ordersPerPart: 1, pause: pauseOf(2) } // both parts wait at the same time
  expect(await reconcile(options)).toMatchObject({ sent: toShipping('OrderFulfilled', 2), unhandled: 0 })
  expect(await shipments()).toMatchObject(open(third, second, first))
  await untilClean(databases)
})

test('parcels are restored after a restore of its database, and none is sent again', async () => {
  const { urlOf } = await start('shipping') // another instance
  const orderId = await place()
  const post = () =>
    fetch(`${urlOf('shipping')}/shipments/${orderId}/dispatch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ carrier: 'DHL', trackingCode: '003404' }),
    })
  await waitFor(async () => expect((await post()).status).toBe(200))
  const shown = async () => (await fetch(`${shop.urlOf('order')}/orders/${orderId}`)).json() as Promise<Shown>
  const parcels = async () => (await shown()).shipments
  const occasions = async () => (await shown()).notifications.map(({ occasion }) => occasion)
  await waitFor(async () => expect(await occasions()).toContainEqual(expect.stringMatching(/^shipment_dispatched:/)))
  const before = [await parcels(), await occasions()]
  expect(before[0]).toMatchObject([{ carrier: 'DHL', trackingCode: '003404' }])
  await untilClean(databases)

  await rowsOf(databases.shipping, `delete from parcel where order_id = '${orderId}'`)
  await rowsOf(databases.shipping, `update shipment set status = 'open' where order_id = '${orderId}'`)
  expect((await auditNow(databases)).ok).toBe(false)
  const outcome = await reconcile({ databases, pause })
  expect(outcome).toMatchObject({ sent: toShipping('ShipmentDispatched', 1), unhandled: 0 })
  await untilClean(databases)
  expect([await parcels(), await occasions()]).toEqual(before)
})

interface Shown {
  readonly shipments: readonly unknown[]
  readonly notifications: readonly { readonly occasion: string }[]
}

const toShipping = (type: string, count: number) => new Map([['shipping', new Map([[type, count]])]])
