/** Restores an older database of each service in turn, and tests the audit's findings and the repair. */

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { audit, formatReport, type Report } from '@quadrille/audit'
import { type ByService, type ServiceName, serviceNames } from '@quadrille/events'
import { openLedger } from '@quadrille/payment/ledger'
import { type OrderRequest, untilSettled } from '@quadrille/shop-testing'
import { createVhost } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { reconcile } from '../src/reconcile.ts'
import { auditNow } from './audit-now.ts'
import { copyAll, copyLedger, dropAll, rowsOf } from './older-database.ts'
import { createDatabases, type RunningShop, startShop } from './running-shop.ts'

const root = new URL('../../../', import.meta.url).pathname
const page = readFileSync(`${root}docs/restore-a-database.md`, 'utf8')

const request = (method: string, { sku = 'mug', quantity = 1, unitPrice = 1_500 } = {}): OrderRequest => ({
  customer: { id: 'ada', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku, quantity, unitPrice }],
  payment: { method },
})

/** No pause between two comparisons. */
const pause = async () => undefined

let databases: ByService<string>
let older: ByService<string>
let shop: RunningShop
/** Orders that stay open, because they can't be paid. */
const open: string[] = []
/** The id of an order that is captured, but whose PaymentProcessed was not published. */
let unpublished = ''

const place = async (...details: Parameters<typeof request>): Promise<string> => {
  const { status, body } = await shop.place(request(...details))
  expect(status).toBe(202)
  return (body as { id: string }).id
}

/** Waits until the audit finds no violations and all outboxes are empty. */
const untilClean = () =>
  waitFor(async () => {
    const report = await auditNow(databases)
    expect(formatReport(report)).not.toContain('✗')
    for (const name of serviceNames) expect(await rowsOf(databases[name], 'select from outbox')).toEqual([])
  })

const settleOrdersOfEveryKind = async (): Promise<void> => {
  await shop.setStock({ rare: 1, late: 5 })
  const cancelled = await place('pm_sim_down')
  const orders = await Promise.all([
    place('pm_card_visa'),
    place('pm_card_visa', { quantity: 3 }),
    place('pm_card_visa', { unitPrice: 0 }),
    place('pm_card_visa', { sku: 'late' }),
    place('pm_card_visa', { sku: 'rare' }),
    place('pm_card_visa', { sku: 'rare' }),
    place('pm_card_visa', { sku: 'rare', unitPrice: 0 }),
    place('pm_card_chargeDeclined'),
    place('pm_card_refundFail', { sku: 'nowhere' }),
    place('pm_sim_timeout_then_charged'),
  ])
  await shop.cancel(cancelled)
  await untilSettled(shop, [...orders, cancelled])
}

/**
 * Places an order that is captured while order and inventory are stopped. If they stop too late, tries another order.
 */
const captureUnpublished = async (): Promise<string> => {
  for (;;) {
    const orderId = await place('pm_sim_slow')
    const reservation = (waitsFor: string) =>
      rowsOf(databases.inventory, `select from reservation where order_id = $1 and ${waitsFor}`, [orderId])
    await waitFor(async () => expect(await shop.payment(orderId)).toBe('pending'))
    await waitFor(async () => expect(await reservation('true')).toHaveLength(1))
    await shop.stop('order', 'inventory')
    await waitFor(async () => expect(await shop.payment(orderId)).toBe('captured'))
    const recorded = await rowsOf(
      databases.order,
      "select from customer_order where id = $1 and payment <> 'pending'",
      [orderId],
    )
    if (recorded.length === 0 && (await reservation("waits_for = 'payment'")).length === 1) return orderId
    await shop.stop()
    shop = await startShop({ databases })
    await untilSettled(shop, [orderId])
  }
}

beforeAll(async () => {
  const serverUrl = inject('postgresUrl')
  const created = await createDatabases(serverUrl)
  databases = created.databases
  shop = await startShop({ databases })
  await shop.setStock({ mug: 1_000 })
  await untilSettled(shop, [await place('pm_card_visa'), await place('pm_card_chargeDeclined')])
  const underway = await place('pm_sim_slow')
  await waitFor(async () => expect(await shop.payment(underway)).toBe('pending'))
  await waitFor(async () => expect(await rowsOf(databases.inventory, 'select from reservation')).toHaveLength(3))
  await shop.stop()

  older = await copyAll(serverUrl, databases)
  shop = await startShop({ databases })
  await settleOrdersOfEveryKind()
  await untilSettled(shop, [underway])
  open.push(await place('pm_sim_down'), await place('pm_sim_down'))
  await untilClean()
  unpublished = await captureUnpublished()
  await shop.stop()
  return async () => {
    await shop.stop()
    await dropAll(serverUrl, older)
    await created.drop()
  }
})
afterAll(() => shop.stop())

/** The findings in a service's row of the table on the page. */
const documented = (service: string): string[] => {
  const row = page.split('\n').find((line) => line.startsWith(`| ${service} |`)) ?? ''
  return [...row.matchAll(/`([^`]+)`/g)].flatMap(([, phrase]) => phrase ?? [])
}

const withoutFigures = (text: string): string => text.replaceAll(/\d+/g, '#')

const expectDocumented = (report: Report, service: string): void => {
  const phrases = documented(service)
  expect(phrases.length).toBeGreaterThanOrEqual(2)
  const shown = withoutFigures(formatReport(report, 100))
  for (const phrase of phrases) expect(shown).toContain(withoutFigures(phrase))
}

/** The first statement on the page that begins so. */
const statementOnPage = (beginning: string): string => {
  const [, statement] = new RegExp(`\`(${beginning} [^\`]+)\``).exec(page) ?? []
  if (!statement) throw new Error(`The page has no statement that begins with ${beginning}.`)
  return statement
}

/**
 * Replaces the database of a service with the older one, and starts all services, with an empty RabbitMQ or in one
 * process. Open orders are long overdue by then.
 */
const restore = async (service: ServiceName, amqpUrl?: string): Promise<void> => {
  const emptying = statementOnPage('delete from')
  for (const statement of emptying.split('; ')) await rowsOf(older[service], statement)
  const overdue = `update customer_order set expires_at = now() - interval '1 day' where not settled`
  for (const statement of [overdue, statementOnPage('update customer_order')]) await rowsOf(databases.order, statement)
  databases = { ...databases, [service]: older[service] }
  shop = await startShop({ databases, amqpUrl })
  expectDocumented(await auditNow(databases), service)
}

const emptyRabbitMq = async (): Promise<string> => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(() => vhost.drop())
  return vhost.url
}

/** Expects that another run sends nothing. The restored payment has never received the orders that are still open. */
const expectDone = async (): Promise<void> => {
  for (const dryRun of [true, false])
    expect(await reconcile({ databases, pause, dryRun })).toEqual({
      sent: new Map(),
      unhandled: 0,
      unreadable: new Map(),
      sending: 0,
      unknownToPayment: open.length,
      uncharged: 0,
    })
  await shop.stop()
}

test('payment is restored without another charge or refund, and then refunds a capture that it had not published', async () => {
  const records =
    'select order_id, status, cancelled, captured, refunded, manual_reference, code from payment where order_id <> all($1) order by 1'
  const ledger =
    'select order_id, status, captured, refunded, capture_count, refund_count from gateway.intent where order_id <> all($1) order by 1'
  const live = [[...open, unpublished]]
  const before = await Promise.all([rowsOf(databases.payment, records, live), rowsOf(databases.payment, ledger, live)])
  await copyLedger(databases.payment, older.payment)
  await restore('payment')
  const first = await waitFor(async () => {
    const dry = await reconcile({ databases, pause, dryRun: true })
    expect([...dry.sent.keys()]).toEqual(['payment']) // what payment itself publishes after its start may still be on its way
    expect(dry.unhandled).toBe(0) // or in its outbox
    return dry
  })
  expect(first.sent.get('payment')?.get('PaymentProcessed')).toBeGreaterThan(5)
  expect(await reconcile({ databases, pause, dryRun: true })).toEqual(first)
  const { unhandled, sent } = await reconcile({ databases, pause })
  expect(unhandled).toBe(0)
  const types = [...(sent.get('payment')?.keys() ?? [])]
  expect(types).toEqual(expect.arrayContaining(['PaymentDeclined', 'PaymentRefunded', 'OrderCancelled']))
  await untilClean()
  expect(
    await Promise.all([rowsOf(databases.payment, records, live), rowsOf(databases.payment, ledger, live)]),
  ).toEqual(before)
  const [unpaid = ''] = open.splice(0, 1)
  for (const orderId of [unpaid, unpublished]) await shop.cancel(orderId)
  await untilSettled(shop, [unpaid, unpublished])
  expect((await shop.order(unpaid)).payment.status).toBe('voided')
  expect((await shop.order(unpublished)).payment.status).toBe('refunded')
  await untilClean()
  await expectDone()
})

test('inventory is restored over RabbitMQ, and events that fail for lack of stock are retried until the receipts', async () => {
  const records = 'select order_id, status, missing from reservation order by 1'
  const stock = 'select sku, on_hand, reserved from stock order by 1'
  const before = await Promise.all([rowsOf(databases.inventory, records), rowsOf(databases.inventory, stock)])
  await restore('inventory', await emptyRabbitMq())
  expect((await reconcile({ databases, pause, stalledAfterMs: 4_000 })).unhandled).toBeGreaterThan(0) // in the retry queues, where they are not visible
  await shop.setStock({ rare: 1, late: 5 })
  await waitFor(async () => expect((await reconcile({ databases, pause })).unhandled).toBe(0))
  await untilClean()
  expect(await Promise.all([rowsOf(databases.inventory, records), rowsOf(databases.inventory, stock)])).toEqual(before)
  const [reserving = ''] = open.splice(0, 1)
  await shop.cancel(reserving)
  await untilSettled(shop, [reserving])
  await untilClean()
  await expectDone()
})

test('notification is restored over RabbitMQ, and no email is sent again', async () => {
  const records = 'select order_id, channel, occasion, status, code from notification order by 1, 2, 3'
  const before = await rowsOf(databases.notification, records)
  await restore('notification', await emptyRabbitMq())
  const handled = async () => (await rowsOf(databases.notification, 'select from inbox')).length
  const handledBefore = await handled()
  const env = Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_DATABASE_URL`, databases[name]]))
  const { stdout } = await promisify(execFile)(process.execPath, ['tools/reconcile/src/main.ts'], {
    cwd: root,
    env: { ...process.env, ...env },
  })
  expect(stdout).toMatch(/^Sent to notification: \d+ NotificationSent, .*\d+ OrderPlaced/)
  const sent = [...stdout.matchAll(/(\d+) [A-Z]/g)].reduce((sum, [, count]) => sum + Number(count), 0)
  await untilClean()
  expect(await rowsOf(databases.notification, records)).toEqual(before)
  expect(await handled()).toBe(handledBefore + sent) // each dead letter would have its result there
  await expectDone()
})

test('the audit shows the losses of the order service', async () => {
  await using ledger = openLedger({ databaseUrl: databases.payment })
  expectDocumented(await audit({ databases: { ...databases, order: older.order }, ledger }), 'order')
})
