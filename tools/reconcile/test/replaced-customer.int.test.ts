/** The statements of docs/retention.md leave no data of a customer in any database, and nothing for the audit or reconcile. */
import { readFileSync } from 'node:fs'
import { type ByService, serviceNames } from '@quadrille/events'
import { untilSettled } from '@quadrille/shop-testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { reconcile } from '../src/reconcile.ts'
import { auditNow } from './audit-now.ts'
import { rowsOf } from './older-database.ts'
import { createDatabases, expectEmptyOutboxes, type RunningShop, startShop } from './running-shop.ts'

let databases: ByService<string>
let drop: () => Promise<unknown>
let shop: RunningShop

beforeAll(async () => {
  ;({ databases, drop } = await createDatabases(inject('postgresUrl')))
  shop = await startShop({ databases })
  await shop.setStock({ mug: 100 })
})
afterAll(async () => {
  await shop.stop()
  await drop()
})

const place = async (customerId: string, method: string): Promise<string> => {
  const order = {
    customer: { id: customerId, email: `${customerId}@example.com` },
    currency: 'EUR',
    lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_500 }],
    payment: { method },
    reference: `gift of ${customerId}`,
    metadata: { giver: customerId },
  }
  const key = `key-${customerId.length}-${method}` // the statements do not change keys, so it does not contain the customer's id
  const { status, body } = await shop.place(order, key)
  expect(status).toBe(202)
  return (body as { id: string }).id
}

/** The statements of the page, for this customer. */
const statementsFor = (customerId: string): string[] => {
  const page = readFileSync(new URL('../../../docs/retention.md', import.meta.url), 'utf8')
  return [...page.matchAll(/^```sql\n(.*?)^```/gms)].map(([, statement = '']) =>
    statement.replaceAll('CUSTOMER', customerId),
  )
}

/** The tables of all databases that contain this text, in columns of any type. */
const tablesWith = async (text: string): Promise<string[]> => {
  const found = serviceNames.map(async (service) => {
    const tables = await rowsOf<{ name: string }>(
      databases[service],
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
        where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1`,
    )
    const contains = (name: string) =>
      rowsOf(
        databases[service],
        `select from ${name} as entry where strpos(entry::text, $1) + strpos(entry::text, $2) > 0`,
        [text, Buffer.from(text).toString('hex')],
      )
    const rows = await Promise.all(tables.map(async ({ name }) => ({ name, found: await contains(name) })))
    return rows.flatMap(({ name, found }) => (found.length > 0 ? [name.replace('public', service)] : []))
  })
  return (await Promise.all(found)).flat()
}

test('the data of one customer is replaced in all databases, and that of another one is not', async () => {
  const orders = await Promise.all([
    ...['pm_card_visa', 'pm_sim_declined'].map((method) => place('lovelace', method)),
    place('hopper', 'pm_card_visa'),
  ])
  await untilSettled(shop, orders)
  await waitFor(async () => {
    expect(await rowsOf(databases.notification, `select from notification where status <> 'sent'`)).toEqual([])
    expect(await rowsOf(databases.notification, `select from notification`)).toHaveLength(6)
    await expectEmptyOutboxes(databases)
  })
  const tables = ['order.customer_order', 'order.idempotency_key', 'order.order_event', 'notification.addressee']
  expect(new Set(await tablesWith('lovelace'))).toEqual(new Set(tables))

  const [ofOrder = '', ofNotification = '', ...others] = statementsFor('lovelace')
  expect(others).toEqual([])
  await rowsOf(databases.order, ofOrder)
  await rowsOf(databases.notification, ofNotification)

  expect(await tablesWith('lovelace')).toEqual([])
  expect(await place('lovelace', 'pm_card_visa')).toBe(orders[0]) // a repeated request
  expect(new Set(await tablesWith('hopper'))).toEqual(new Set(tables))
  const { findings } = await auditNow(databases)
  expect(findings.flatMap(({ violations }) => violations)).toEqual([])
  expect(await reconcile({ databases })).toMatchObject({ sent: new Map(), unhandled: 0 })
})
