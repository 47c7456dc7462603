/** Orders do not expire because of an outage of Postgres, and they expire even if it answers only intermittently. */

import { inProcessBroker } from '@quadrille/messaging'
import type { Database } from '@quadrille/postgres'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, it } from 'vitest'
import {
  collectingFailures,
  expiresAt,
  expiryPaused,
  inventoryPublisher,
  mug,
  onError,
  openShop,
  overdueIds,
  overRabbitMq,
  place,
  statusOf,
} from './expiring-shop.ts'

it('an order expires even if Postgres answers only intermittently', async () => {
  const { start, proxy, sql } = await openShop(inProcessBroker({ onError })) // the other services never join
  const { log: collecting, failures } = collectingFailures()
  const { url } = await start({ ORDER_TTL: '1s', EXPIRY_PAUSE_MAX: '6s' }, collecting)
  const orderId = await place(url)
  const cancelled = async () =>
    (await sql.query("select from customer_order where id = $1 and status = 'cancelled'", [orderId])).length > 0
  const began = performance.now()
  while (performance.now() - began < 60_000 && !(await cancelled())) {
    proxy.refuse()
    const refusedAt = performance.now()
    await waitFor(() => expect(performance.now() - refusedAt).toBeGreaterThan(1_500)) // some runs fail
    proxy.accept()
    const acceptedAt = performance.now()
    await waitFor(() => expect(performance.now() - acceptedAt).toBeGreaterThan(2_500)) // some runs succeed
  }
  expect(failures.length).toBeGreaterThan(0)
  expect(await cancelled()).toBe(true)
})

it('after an outage of Postgres, expiry is paused until the delayed events are handled', async () => {
  const broker = await overRabbitMq()
  const { start, proxy } = await openShop(broker)
  const { url } = await start()
  const reserved = await inventoryPublisher(broker)
  const orderId = await place(url)
  await waitFor(async () => expect(await expiryPaused(url)).toBeNull())
  proxy.refuse()
  await reserved({ orderId, ...mug })
  await waitFor(async () => expect(await expiryPaused(url)).not.toBeNull())
  proxy.accept()
  await waitFor(async () => expect(await statusOf(url, orderId)).toBe('fulfilled'))
  expect(await expiryPaused(url)).toMatch(/^Postgres was unavailable \d+ s ago$/)
})

it('an outage of Postgres pauses expiry also if no message has arrived meanwhile', async () => {
  const { sql, start, proxy } = await openShop(await overRabbitMq())
  const { log: collecting, failures } = collectingFailures()
  const { url } = await start({}, collecting)
  const orderId = await place(url)
  await waitFor(async () => expect(await expiryPaused(url)).toBeNull())
  proxy.refuse()
  await waitFor(() => expect(failures.length).toBeGreaterThan(0))
  await expiresAt(sql, orderId, 0)
  proxy.accept()
  await waitFor(async () => expect(await expiryPaused(url)).toMatch(/^Postgres was unavailable \d+ s ago$/))
  await waitFor(async () => expect(await overdueIds(sql, 2_500)).toEqual([orderId])) // it looks every second
  await waitFor(async () => expect(await statusOf(url, orderId)).toBe('placed')) // it answers again
})

/** Begins a fault. Resolves to a function that ends it. */
type Fault = (sql: Database) => Promise<() => Promise<unknown>>

/** Sessions that are opened meanwhile stay read-only. */
const readOnly: Fault = async (sql) => {
  const [database] = await sql.query<{ name: string }>('select current_database() as name')
  const set = (to: 'on' | 'off') =>
    sql.query(`alter database ${database?.name} set default_transaction_read_only = ${to}`)
  await set('on')
  await sql.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name <> 'test'",
    [database?.name],
  )
  return () => set('off')
}

const diskFull: Fault = async (sql) => {
  await sql.query(`create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'the disk is full' using errcode = '53100'; end $$`)
  await sql.query('create trigger refusing before insert on order_event for each row execute function refuse()')
  return () => sql.query('drop trigger refusing on order_event')
}

it.each([
  ['is read-only', readOnly],
  ['has a full disk', diskFull],
])('time in which Postgres %s does not use up EXPIRY_PAUSE_MAX', async (_, begin) => {
  const broker = await overRabbitMq()
  const { start, sql } = await openShop(broker)
  const { log: collecting, failures } = collectingFailures()
  const { url } = await start({ EXPIRY_PAUSE_MAX: '8s' }, collecting)
  const reserved = await inventoryPublisher(broker)
  const orderId = await place(url)
  await waitFor(async () => expect(await expiryPaused(url)).toBeNull())
  const end = await begin(sql)
  await reserved({ orderId, ...mug })
  await waitFor(async () => expect(await expiryPaused(url)).not.toBeNull())
  await expiresAt(sql, orderId, 0)
  await waitFor(async () => expect(await overdueIds(sql, 11_000)).toEqual([orderId])) // the pause would be over
  expect(failures.filter((message) => message.includes('could not be cancelled'))).toEqual([])
  await end()
  await waitFor(async () => expect(await statusOf(url, orderId)).toBe('fulfilled'))
})

it('a read-only Postgres pauses expiry also if the service has nothing to write', async () => {
  const { start, sql } = await openShop(await overRabbitMq())
  const { url } = await start()
  await waitFor(async () => expect(await expiryPaused(url)).toBeNull())
  await readOnly(sql)
  await waitFor(async () => expect(await expiryPaused(url)).toMatch(/^Postgres was unavailable/))
})
