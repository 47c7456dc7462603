/**
 * This version takes over the databases and the RabbitMQ of an earlier version, f42669a, which was killed during its work.
 * Open orders end, retries continue, dead letters can be replayed, and the audit passes. A service that did not exist yet fetches
 * what it has missed. The recordings were made by system-tests/takeover/record.ts of commit b37d2ec3, which starts only the services
 * of that time.
 */

import { readFileSync } from 'node:fs'
import { audit, queueDepths } from '@quadrille/audit'
import { type ByService, mapServicesAsync, type ServiceName, shop as shopLanguage } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { amqpBroker, type Broker, inProcessBroker, retryTiers } from '@quadrille/messaging'
import { openLedger } from '@quadrille/payment/ledger'
import { reconcile } from '@quadrille/reconcile'
import { createLogger } from '@quadrille/service/tools'
import { openShop } from '@quadrille/shop-testing'
import { createTestDatabase, createVhost, manage, type Vhost } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'
import { neverExpires, type Recording } from './recording.ts'
import { restore as restoreBroker } from './stored-broker.ts'
import { restore as restoreDatabase } from './stored-databases.ts'

const log = createLogger('silent', shopLanguage)

const read = (name: string): Recording =>
  JSON.parse(readFileSync(new URL(`recorded/${name}.json`, import.meta.url), 'utf8'))

const restoreDatabases = async ({ databases, recordedAt }: Recording): Promise<ByService<string>> => {
  const laterMs = Date.now() - Date.parse(recordedAt)
  return await mapServicesAsync(async (name) => {
    const { url, drop } = await createTestDatabase(inject('postgresUrl'))
    onTestFinished(drop)
    const stored = databases[name]
    if (stored) await restoreDatabase(url, name, { stored, laterMs })
    return url
  })
}

const restoreVhost = async ({ broker }: Recording): Promise<Vhost> => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(() => vhost.drop())
  if (broker) await restoreBroker(inject('rabbitmqUrl'), vhost, broker)
  return vhost
}

/** All services of this version. */
const startAll = async (databases: ByService<string>, broker: Broker) => {
  onTestFinished(() => broker.close())
  const start = async (name: ServiceName) => {
    const env = { DATABASE_URL: databases[name], PORT: '0', ...neverExpires }
    const service = await definitions[name].start({ broker, log, env })
    onTestFinished(() => service.stop())
    return service.url
  }
  const urls = await mapServicesAsync(start)
  const shop = openShop(urls)
  onTestFinished(() => shop.close())
  return { urls, shop }
}

const onError = () => undefined

/** Each check reads many rows. */
const poll = { interval: 500 }

/** Waits until the orders have these endings: a status, a cancellation reason, or `open`. */
const untilEnded = async (
  { shop }: Awaited<ReturnType<typeof startAll>>,
  orders: Recording['orders'],
  expected: Readonly<Record<string, string>>,
): Promise<void> => {
  const endings = async () => {
    const all = await Promise.all(
      Object.entries(orders).map(async ([situation, id]) => [situation, await shop.order(id)] as const),
    )
    return Object.fromEntries(
      all.map(([situation, { settled, status, cancellation }]) => [
        situation,
        settled ? (cancellation?.reason ?? status) : 'open',
      ]),
    )
  }
  await waitFor(async () => expect(await endings()).toEqual(expected), poll)
}

const violationsIn = async (databases: ByService<string>, facts = {}) => {
  await using ledger = openLedger({ databaseUrl: databases.payment })
  const { findings } = await audit({ databases, ledger, ...facts })
  return findings.flatMap(({ violations }) => violations)
}

/**
 * Waits until only shipping lacks orders: one that was fulfilled before shipping existed, and maybe others that were fulfilled before its
 * inbox did. Delivers them. Then the audit passes, with the queues of RabbitMQ if the services use it.
 */
const untilAuditPasses = async (
  { orders }: Recording,
  databases: ByService<string>,
  amqpUrl?: string,
): Promise<void> => {
  await waitFor(async () => {
    const violations = await violationsIn(databases)
    expect(new Set(violations.map(({ detail }) => detail))).toEqual(new Set(['shipping has no record of it']))
    expect(violations.map(({ subject }) => subject)).toContain(orders['fulfilled'])
  }, poll)
  const { sent } = await reconcile({ databases, pause: async () => undefined })
  expect([...sent]).toEqual([['shipping', new Map([['OrderFulfilled', expect.any(Number)]])]])
  await waitFor(async () => {
    const facts = amqpUrl === undefined ? {} : { queues: await queueDepths(amqpUrl) }
    expect(await violationsIn(databases, facts)).toEqual([])
  }, poll)
}

interface ShownDeadLetter {
  readonly id: string
  readonly type: string
  readonly orderId: string | null
  readonly reason: string
  readonly status: string
}

const deadLettersOf = async (url: string): Promise<ShownDeadLetter[]> => {
  const { items } = (await (await fetch(`${url}/dead-letters`)).json()) as { items: ShownDeadLetter[] }
  return items
}

/** The number of attempts to charge an order. */
const attemptsOf = async (url: string, orderId = ''): Promise<unknown> =>
  ((await (await fetch(`${url}/payments/${orderId}`)).json()) as { attempts: unknown }).attempts

test('over RabbitMQ', async () => {
  const recording = read('over-rabbitmq')
  const { orders } = recording
  const databases = await restoreDatabases(recording)
  const vhost = await restoreVhost(recording)
  const running = await startAll(databases, amqpBroker(vhost.url, { onError }))
  const ended = { fulfilled: 'fulfilled', declined: 'payment_declined', refunded: 'out_of_stock' }
  const takenOver = {
    ...{ charging: 'fulfilled', retried: 'fulfilled', givenUp: 'fulfilled', unhandled: 'fulfilled' },
    ...{ cancelled: 'customer', unpublished: 'fulfilled' },
  }
  await untilEnded(running, orders, { ...ended, ...takenOver, parked: 'open' })
  expect(await attemptsOf(running.urls.payment, orders['retried'])).toBe(3) // two of them by the earlier version

  const deadLetters = await deadLettersOf(running.urls.payment)
  expect(deadLetters.map(({ reason, orderId, status }) => ({ reason, orderId, status }))).toEqual([
    { reason: 'attempts_exhausted', orderId: orders['parked'], status: 'parked' },
    { reason: 'not_json', orderId: null, status: 'parked' },
  ])
  const replay = `${running.urls.payment}/dead-letters/${deadLetters[0]?.id}/replay`
  expect(await fetch(replay, { method: 'POST' })).toMatchObject({ status: 202 })
  await untilEnded(running, orders, { ...ended, ...takenOver, parked: 'fulfilled' })

  // as docs/rabbitmq-problems.md says, the retry queues first
  for (const retired of ['notification.webhook', 'notification.web'])
    for (const queue of [...retryTiers.map(({ name }) => `${retired}.retry.${name}`), retired])
      await manage(inject('rabbitmqUrl'), `DELETE /api/queues/${vhost.name}/${queue}`)
  await untilAuditPasses(recording, databases, vhost.url)
})

test('in one process', async () => {
  const recording = read('in-one-process')
  const databases = await restoreDatabases(recording)
  const running = await startAll(databases, inProcessBroker({ onError }))
  await untilEnded(running, recording.orders, {
    ...{ fulfilled: 'fulfilled', declined: 'payment_declined', refunded: 'out_of_stock' },
    ...{ retried: 'fulfilled', charging: 'fulfilled' },
  })
  expect(await attemptsOf(running.urls.payment, recording.orders['retried'])).toBe(3)
  await untilAuditPasses(recording, databases)
})
