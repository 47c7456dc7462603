/**
 * A fault of one order or instance does not affect other orders. Each service runs in its own process, over RabbitMQ.
 * locked.int.test.ts proves the same of one service's database, in every test run.
 */

import {
  type ByService,
  choreography,
  mapServices,
  mapServicesAsync,
  type ServiceName,
  serviceNames,
} from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import type { ServiceModel } from '@quadrille/messages'
import { type Database, openDatabase } from '@quadrille/postgres'
import {
  openShop,
  type Reply,
  type ServiceProcess,
  type Shop,
  startServiceProcess,
  untilSettled,
} from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { blockInserts, createVhost, proxyTo, type TcpProxy } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest'

let databases: ByService<string>
let amqpUrl: string
/** Shared by all tests. Only the last test changes it: it stops an instance. */
let running: Running
const afterwards = new AsyncDisposableStack()
beforeAll(async () => {
  const created = await mapServicesAsync((name) => createServiceDatabase(inject('postgresUrl'), definitions[name]))
  const vhost = await createVhost(inject('rabbitmqUrl'))
  afterwards.defer(async () => {
    await vhost.drop()
    await Promise.all(Object.values(created).map((database) => database.drop()))
  })
  databases = mapServices((service) => created[service].url)
  amqpUrl = vhost.url
  running = await open()
})
afterAll(() => afterwards.disposeAsync())

const start = async (service: ServiceName, brokerUrl = amqpUrl): Promise<ServiceProcess> => {
  const started = await startServiceProcess(service, { DATABASE_URL: databases[service], AMQP_URL: brokerUrl })
  afterwards.defer(async () => void (await started.end('SIGKILL')))
  return started
}

interface Running {
  readonly shop: Shop
  readonly payment: ServiceProcess
  /** Payment's connection to the broker. */
  readonly toBroker: TcpProxy
  /** The time in which orders are accepted without locks, ms. */
  readonly usualMs: number
  /** The time in which all of them are placed and settled without locks, ms. */
  readonly usualSettledMs: number
}

const open = async (): Promise<Running> => {
  const toBroker = await proxyTo(amqpUrl)
  afterwards.defer(() => toBroker.close())
  const services = await mapServicesAsync((service) => start(service, service === 'payment' ? toBroker.url : amqpUrl))
  const shop = openShop(mapServices((service) => services[service].url))
  afterwards.defer(() => shop.close())
  await shop.setStock({ mug: 100_000, tea: 100_000 })
  const { slowestMs: usualMs, settledMs: usualSettledMs } = await settleOthers(shop)
  return { shop, payment: services.payment, toBroker, usualMs, usualSettledMs }
}

/** Another session, whose transactions may stay idle for long. */
const sessionOf = (service: ServiceName): Database => {
  const database = openDatabase({
    url: databases[service],
    applicationName: 'another session',
    idleInTransactionMs: 300_000,
    onIdleError: () => undefined,
  })
  onTestFinished(() => database.end())
  return database
}

interface Placed {
  readonly id: string
  /** The time from the POST to its answer. */
  readonly tookMs: number
}

const place = async (shop: Shop, { method = 'pm_card_visa', unitPrice = 1_500, sku = 'mug' } = {}): Promise<Placed> => {
  const begun = performance.now()
  const reply = await shop.place({
    customer: { id: 'ada', email: 'ada@example.com' },
    currency: 'EUR',
    lines: [{ sku, quantity: 1, unitPrice }],
    payment: { method },
  })
  expect(reply.status).toBe(202)
  return { id: (reply.body as { id: string }).id, tookMs: performance.now() - begun }
}

const rounds = 15

/** Places orders, a few at a time, until all are settled. `slowestMs`: of a typical round, because the machine may pause during one. */
const settleOthers = async (shop: Shop) => {
  const begun = performance.now()
  const placed: Placed[] = []
  const slowest: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const accepted = await Promise.all(Array.from({ length: 20 }, () => place(shop)))
    slowest.push(Math.max(...accepted.map(({ tookMs }) => tookMs)))
    placed.push(...accepted)
  }
  await untilSettled(
    shop,
    placed.map(({ id }) => id),
  )
  return { slowestMs: median(slowest), settledMs: performance.now() - begun }
}

/** Less than the time limits of locks. */
const littleMs = 1_000

/**
 * Other orders are accepted and settled about as fast as without locks, in two of three tries: locks delay the orders of each try,
 * and a busy machine those of some.
 */
const otherOrdersSettle = async ({ shop, usualMs, usualSettledMs }: Running): Promise<void> => {
  const isAsUsual = async () => {
    const { slowestMs, settledMs } = await settleOthers(shop)
    return slowestMs < usualMs + littleMs && settledMs < 2 * usualSettledMs + 5 * littleMs
  }
  const [first, second] = [await isAsUsual(), await isAsUsual()]
  expect([first, second, first !== second && (await isAsUsual())].filter(Boolean)).toHaveLength(2)
}

/** Of an odd number of values. */
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[(values.length - 1) / 2] ?? 0

/** Locks the orders' rows in the service's first table. Returns the function that releases them. */
const lockRows = (service: ServiceName, ids: readonly string[]) => {
  const [own] = definitions[service].ownRows
  if (!own) throw new Error(`${service} has no rows of orders.`)
  const { table, column } = own
  const list = ids.map((id) => `'${id}'`).join(', ')
  return holdRows(service, `select 1 from ${table} where ${column} in (${list}) for update`, ids.length)
}

/** Locks rows once the statement finds this number of them. Returns the function that releases them. */
const holdRows = async (service: ServiceName, statement: string, rows: number) => {
  const [locked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const holding = sessionOf(service).transaction(async (sql) => {
    await waitFor(async () => expect(await sql.query(statement)).toHaveLength(rows))
    locked.resolve()
    await released.promise
  })
  const release = async () => {
    released.resolve()
    await holding
  }
  onTestFinished(release)
  await Promise.race([locked.promise, holding])
  return release
}

/** The services that have rows of an order that was just placed. */
const withPlacedOrders = serviceNames.filter((service) => {
  const { consumes }: ServiceModel = choreography[service]
  return service === 'order' || consumes.includes('OrderPlaced')
})

it('the rows of 16 orders are locked in every service, and all other orders are accepted and settled as usual', async () => {
  const { shop, usualMs } = running
  const held = await Promise.all(Array.from({ length: 16 }, () => place(shop, { method: 'pm_sim_slow' })))
  const ids = held.map(({ id }) => id)
  const releases = await Promise.all(withPlacedOrders.map((service) => lockRows(service, ids)))

  await otherOrdersSettle(running)
  const replies = await Promise.all(ids.map((id) => cancel(shop, id)))
  for (const reply of replies)
    expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) } })
  const again = await Promise.all(ids.map((id) => cancel(shop, id)))
  const slowest = [replies, again].map((all) => Math.max(...all.map(({ tookMs }) => tookMs)))
  expect(Math.min(...slowest)).toBeLessThan(usualMs + littleMs)
  for (const id of ids) expect((await shop.order(id)).settled).toBe(false)
  for (const release of releases) await release()
  await untilSettled(shop, ids)
})

const cancel = async (shop: Shop, orderId: string): Promise<Reply & { tookMs: number }> => {
  const begun = performance.now()
  return { ...(await shop.cancel(orderId)), tookMs: performance.now() - begun }
}

it('a SKU is locked, and orders of other SKUs are settled as usual', async () => {
  const { shop } = running
  const release = await holdRows('inventory', "select 1 from stock where sku = 'tea' for update", 1)
  const held = await Promise.all(Array.from({ length: 8 }, () => place(shop, { sku: 'tea' })))
  await otherOrdersSettle(running)
  for (const { id } of held) expect((await shop.order(id)).settled).toBe(false)
  await release()
  await untilSettled(
    shop,
    held.map(({ id }) => id),
  )
})

/** The total of the order whose insert into `payment` is blocked. */
const heldTotal = 4_242

it('an instance is paused before its commit, and another one settles all orders except those that it had started', async () => {
  const { shop, payment, toBroker } = running
  const database = sessionOf('payment')
  const insertBlock = await blockInserts(database, 'payment', `new.amount = ${heldTotal}`)
  const begun = await Promise.all([
    place(shop, { unitPrice: heldTotal }),
    ...Array.from({ length: 4 }, () => place(shop)),
  ])
  await waitFor(async () => expect(await insertBlock.count()).toBe(1))
  process.kill(payment.pid, 'SIGSTOP')
  toBroker.cut() // the broker redelivers to the other instance
  const other = await start('payment')

  await otherOrdersSettle(running)
  await waitFor(async () => expect(await insertBlock.count()).toBe(1)) // Postgres ends a statement after 30 s, and it is tried again
  await insertBlock.release()
  await untilSettled(
    shop,
    begun.map(({ id }) => id),
  )
  process.kill(payment.pid, 'SIGCONT')
  expect(await payment.end()).toBe(0)
  expect(await other.end()).toBe(0)
  expect(await database.query('select 1 from payment where captured <> amount')).toEqual([])
})
