/**
 * The core of docker-compose.yml as a user runs it: orders of every kind, three payment workers, and separated roles.
 */
import { audit, formatReport } from '@quadrille/audit'
import { freePort } from '@quadrille/embedded-postgres'
import { mapServices, serviceNames } from '@quadrille/events'
import { openLedger } from '@quadrille/payment/ledger'
import { openDatabase } from '@quadrille/postgres'
import { openShop, orderMix, placeAll, stockForMix, untilSettled } from '@quadrille/shop-testing'
import { seeded } from '@quadrille/testing'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Compose, compose, orderMugs } from './compose.ts'

const core = ['postgres', 'rabbitmq', 'console', 'audit', ...serviceNames]
/** The number of instances. Two of the order service share a range of ports. */
const instances = { ...mapServices(() => 1), order: 2, payment: 3 }
const containers = serviceNames.flatMap((service) =>
  Array.from({ length: instances[service] }, (_, before) => ({ service, index: before + 1 })),
)

const soon = { timeout: 120_000, interval: 500 }

let project: Compose
let postgres = ''
const httpUrl = async (service: string, index = 1) => `http://${await project.addressOf(service, 3000, index)}`
const adminUrl = async (service: string, index = 1) => `http://${await project.addressOf(service, 9000, index)}`
const databaseUrl = (user: string, name: string) => `postgres://${user}:${user}-demo@${postgres}/${name}`

beforeAll(async () => {
  const port = await freePort()
  project = await compose({ env: { ORDER_PORT: `${port}-${port + 9}` } })
  const scale = Object.entries(instances).flatMap(([service, number]) => ['--scale', `${service}=${number}`])
  await project.run('up', '--detach', ...scale, ...core)
  postgres = await project.addressOf('postgres', 5432)
  const ready = async (service: string, index: number) => {
    const answer = await fetch(`${await adminUrl(service, index)}/health/ready`)
    expect(await answer.json()).toMatchObject({ status: 'ready' })
  }
  for (const { service, index } of containers) await vi.waitFor(() => ready(service, index), soon)
})

afterAll(async () => {
  await project.down()
})

test('the admin endpoints are not on the port for clients, and other hosts are refused', async () => {
  for (const service of serviceNames) {
    const url = await httpUrl(service)
    for (const path of [
      '/health/ready',
      '/metrics',
      '/dead-letters',
      '/whereabouts',
      '/attempts',
      '/queues',
      '/operations',
    ])
      expect((await fetch(url + path)).status).toBe(404)
  }
  expect((await project.run('exec', '-T', 'order', 'node', '--eval', askPayment)).trim()).toBe('200 403')
})

/** From the order service's container: a request for a served host name, and one for another. */
const askPayment = `
  const ask = async (url) => (await fetch(url)).status
  const order = '00000000-0000-7000-8000-000000000000'
  Promise.all([ask('http://payment:9000/whereabouts?orderId=' + order), ask('http://' + require('node:os').hostname() + ':3000/orders')])
    .then((statuses) => console.log(...statuses))`

test('the console serves its page, and reaches every service', async () => {
  const url = `http://${await project.addressOf('console', 3000)}`
  const page = await (await fetch(url)).text()
  for (const [, path] of page.matchAll(/(?:src|href)="([^"]+)"/g)) expect((await fetch(url + path)).status).toBe(200)
  expect((await fetch(`${url}/api/order/orders`)).status).toBe(200)
  const order = '01a220d4-0e99-7000-a864-1b09a5dbe749'
  for (const path of [`payment/payments/${order}`, `inventory/reservations/${order}`])
    expect((await fetch(`${url}/api/${path}`)).status).toBe(404) // the answer of the service, not 502
})

test('the order of text does not depend on the image of Postgres', async () => {
  const onIdleError = () => undefined
  const database = openDatabase({ url: databaseUrl('order', 'quadrille_order'), applicationName: 'test', onIdleError })
  const rows = await database
    .query('select distinct datcollate, datctype from pg_database')
    .finally(() => database.end())
  const byBytes = expect.stringMatching(/^C(\.UTF-8)?$/)
  expect(rows).toEqual([{ datcollate: byBytes, datctype: byBytes }])
})

test('every container becomes healthy', async () => {
  const healthy = Array(containers.length + 4).fill('healthy')
  await vi.waitFor(async () => expect(await project.health(...core)).toEqual(healthy), soon)
})

test('the order of the README is fulfilled from the demo catalog', async () => {
  const id = await orderMugs(await httpUrl('order'), 2)
  const order = async () => (await fetch(`${await httpUrl('order')}/orders/${id}`)).json()
  await vi.waitFor(async () => expect(await order()).toMatchObject({ status: 'fulfilled', settled: true }), soon)
})

test('orders of every kind end as expected, and all three payment workers work', async () => {
  const shop = openShop({
    order: await httpUrl('order'),
    payment: await httpUrl('payment'),
    inventory: await httpUrl('inventory'),
  })
  try {
    await shop.setStock(stockForMix)
    const random = seeded(1)
    const draw = () => random.below(2 ** 32) / 2 ** 32
    const orders = orderMix(100, draw).filter(({ kind }) => kind !== 'expired')
    const { accepted, answers } = await placeAll(shop, orders, draw)
    await untilSettled(
      shop,
      accepted.map(({ orderId }) => orderId),
    )
    for (let index = 1; index <= instances.payment; index += 1) {
      const metrics = await (await fetch(`${await adminUrl('payment', index)}/metrics`)).text()
      expect(metrics).toMatch(/^quadrille_messages_total\{.*type="OrderPlaced".*\} [1-9]/m)
    }
    expect(answers.filter(({ status }) => status !== 202 && status !== 422)).toEqual([])
  } finally {
    shop.close()
  }
  const databases = mapServices((service) => databaseUrl(service, `quadrille_${service}`))
  await using ledger = openLedger({ databaseUrl: databases.payment })
  const report = await audit({ databases, ledger })
  expect(formatReport(report)).not.toContain('✗')
})

test('the console shows that the audit of all databases and queues holds', async () => {
  const url = `http://${await project.addressOf('console', 3000)}/api/audit/audit`
  expect((await fetch(url, { method: 'POST', headers: { 'x-quadrille-console': '1' } })).status).toBe(200)
  const holds = { ok: true, notChecked: null }
  const read = { ...holds, figures: expect.arrayContaining([expect.stringMatching(/^[1-9]\d* orders/)]) }
  const state = { running: null, failure: null, result: { invariants: [read, ...Array(11).fill(holds)] } }
  await vi.waitFor(async () => expect(await (await fetch(url)).json()).toMatchObject(state), soon)
})

test('the role of the audit can read each database of a service, and nothing else', async () => {
  // As an operator does on a server that existed before. It may be repeated.
  await project.run('exec', '-T', 'postgres', 'sh', '/docker-entrypoint-initdb.d/read-access.sh')
  for (const service of serviceNames) {
    const url = databaseUrl('audit', `quadrille_${service}`)
    const connection = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
    await connection.query('select from outbox')
    for (const forbidden of [
      ...['delete from outbox', 'create table mine (id int)', 'create temporary table mine (id int)'],
      ...['truncate outbox', 'select from pg_authid', 'set role postgres', `set role "${service}"`],
    ])
      await expect(connection.query(forbidden), forbidden).rejects.toMatchObject({ code: '42501' }) // insufficient_privilege
    await connection.end()
  }
})

test('a service can connect to its own database only', async () => {
  const enters = async (user: string, database: string) => {
    const url = databaseUrl(user, database)
    const connection = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
    try {
      await connection.query('select 1')
      return true
    } catch (error) {
      expect(error).toMatchObject({ code: '42501' }) // insufficient_privilege
      return false
    } finally {
      await connection.end()
    }
  }
  for (const user of serviceNames)
    for (const other of serviceNames) expect(await enters(user, `quadrille_${other}`)).toBe(user === other)
  for (const user of ['audit', ...serviceNames]) expect(await enters(user, 'postgres')).toBe(false)
})

test('RabbitMQ is version 4, accepts no message of more than 256 KiB, and knows the limits of its container', async () => {
  const ask = (...args: string[]) => project.run('exec', '-T', 'rabbitmq', 'rabbitmqctl', '--quiet', ...args)
  expect(await ask('version')).toMatch(/^4\./)
  expect(await ask('eval', 'application:get_env(rabbit, max_message_size).')).toContain('{ok,262144}')
  expect(await ask('eval', 'application:get_env(rabbit, vm_memory_high_watermark).')).toContain('{absolute,"700MB"}')
  expect(await ask('eval', 'application:get_env(ra, wal_max_size_bytes).')).toContain('{ok,67108864}')
})

test('a service can change neither its tables nor the record of operations', async () => {
  for (const user of serviceNames) {
    const url = databaseUrl(user, `quadrille_${user}`)
    const connection = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
    const forbiddenStatements = [
      ...['drop table outbox', 'create table mine (id int)'],
      ...['delete from dead_letter_operation', 'delete from operation'],
    ]
    for (const forbidden of forbiddenStatements)
      await expect(connection.query(forbidden), forbidden).rejects.toMatchObject({ code: '42501' }) // insufficient_privilege
    await connection.end()
  }
})

test('the notification service cannot connect to other services, and each service can connect to its servers', async () => {
  const reaches = async (from: string, host: string, port: number) =>
    (await project.run('exec', '-T', from, 'node', '--eval', knock, host, String(port))).trim()
  for (const host of serviceNames.filter((service) => service !== 'notification'))
    for (const port of [3000, 9000]) expect([host, await reaches('notification', host, port)]).toEqual([host, 'no'])
  for (const service of serviceNames) {
    expect(await reaches(service, 'postgres', 5432)).toBe('yes')
    expect(await reaches(service, 'rabbitmq', 5672)).toBe('yes')
  }
  expect(await reaches('order', 'payment', 9000)).toBe('yes')
})

/** Prints whether a port of a host accepts connections. */
const knock = `
  const [host, port] = process.argv.slice(1)
  const socket = require('node:net').connect({ host, port: Number(port), timeout: 2000 })
  const answer = (text) => { console.log(text); process.exit(0) }
  socket.on('connect', () => answer('yes')).on('error', () => answer('no')).on('timeout', () => answer('no'))`

test('every container is confined', async () => {
  const all = await project.confinement(...core)
  expect(all).toHaveLength(containers.length + 4)
  for (const container of all)
    expect(container).toEqual({
      dropped: ['ALL'],
      options: ['no-new-privileges:true'],
      hasPidsLimit: true,
      hasMemoryLimit: true,
    })
})

test('an order is accepted while RabbitMQ is dead, and is fulfilled when it runs again', async () => {
  const url = await httpUrl('order')
  const shop = openShop({ order: url, payment: '', inventory: '' })
  try {
    await project.run('kill', 'rabbitmq')
    const { status, body } = await shop.place({
      customer: { id: 'grace', email: 'grace@example.com' },
      currency: 'EUR',
      lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_250 }],
      payment: { method: 'pm_card_visa' },
    })
    expect(status).toBe(202)
    await vi.waitFor(async () => expect(await project.run('logs', '--tail', '50', 'order')).toContain('RabbitMQ'), soon)
    await project.run('start', 'rabbitmq')
    const { id } = body as { readonly id: string }
    await vi.waitFor(async () => expect(await shop.order(id)).toMatchObject({ status: 'fulfilled' }), soon)
  } finally {
    shop.close()
  }
})

test('services run as an unprivileged user on a read-only file system, and stop cleanly', async () => {
  for (const service of serviceNames) {
    const id = await project.run('exec', '-T', service, 'id', '-u')
    expect(Number(id)).toBeGreaterThan(0)
    await expect(project.run('exec', '-T', service, 'touch', '/quadrille/file')).rejects.toThrow(
      /Read-only file system/,
    )
  }
  await project.run('stop', '--timeout', '30', ...serviceNames)
  expect(await project.exitCodes(...serviceNames)).toEqual(Array(containers.length).fill(0))
})
