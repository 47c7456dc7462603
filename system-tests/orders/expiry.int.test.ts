/** Orders expire in time in one process, even if messages of other services are delayed. */

import { randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import { mapServicesAsync, type ServiceName, shop } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { inProcessBroker } from '@quadrille/messaging'
import { openDatabase } from '@quadrille/postgres'
import { createLogger } from '@quadrille/service/tools'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'

const log = createLogger('fatal', shop)

const aDatabase = async (name: ServiceName): Promise<string> => {
  const { url, drop } = await createServiceDatabase(inject('postgresUrl'), definitions[name])
  onTestFinished(drop)
  return url
}

/** A mail server that accepts connections and never answers. */
const silentMailServer = async (): Promise<string> => {
  const server = createServer((socket) => socket.on('error', () => undefined))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  return `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

const place = async (url: string, method: string): Promise<string> => {
  const lines = [{ sku: 'mug', quantity: 1, unitPrice: 1_500 }]
  const body = { customer: { id: 'ada', email: 'ada@example.com' }, currency: 'EUR', lines, payment: { method } }
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() }
  return waitFor(async () => {
    const response = await fetch(`${url}/orders`, { method: 'POST', headers, body: JSON.stringify(body) })
    expect(response.status).toBe(202) // 503 on a busy machine
    return ((await response.json()) as { id: string }).id
  })
}

test('a hanging email, a scheduled replay and an unsendable row do not delay an expiry', async () => {
  const databases = await mapServicesAsync(aDatabase)
  const SMTP_URL = await silentMailServer()
  const startAll = async (env: Record<string, string> = {}) => {
    const broker = inProcessBroker({ onError: () => undefined })
    const services = await mapServicesAsync((name) =>
      definitions[name].start({
        broker,
        log,
        env: { DATABASE_URL: databases[name], PORT: '0', ORDER_CHECK: 'off', SMTP_URL, ...env }, // inventory has no stock
      }),
    )
    let stopped: Promise<unknown> | undefined
    const stop = () =>
      (stopped ??= Promise.all(Object.values(services).map((service) => service.stop())).then(() => broker.close()))
    onTestFinished(async () => void (await stop()))
    return { url: services.order.url, stop }
  }
  const sql = openDatabase({
    url: databases.notification,
    applicationName: 'test',
    max: 1,
    onIdleError: () => undefined,
  })
  onTestFinished(() => sql.end())
  const unsent = () => sql.query<{ type: string }>('select type from outbox order by type')

  const before = await startAll()
  await place(before.url, 'pm_card_visa')
  await waitFor(async () => expect((await unsent()).map(({ type }) => type)).toContain('Notify'))
  await before.stop()
  await sql.query(
    `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
     values (gen_random_uuid(), 'Paced', gen_random_uuid(), 'notification.direct', 'notification.inbox', '{}', now() + interval '10 minutes'),
            (gen_random_uuid(), 'Lost', gen_random_uuid(), 'notification.direct', 'notification.fax', '{}', now())`,
  )
  const { url } = await startAll({ ORDER_TTL: '1s', EXPIRY_PAUSE_MAX: '1h' })
  const late = await place(url, 'pm_sim_down')
  await waitFor(async () => {
    const shown = (await (await fetch(`${url}/orders/${late}`)).json()) as { cancellation: { reason: string } | null }
    expect(shown.cancellation).toEqual({ reason: 'expired' })
  })
  expect((await unsent()).map(({ type }) => type)).toEqual(expect.arrayContaining(['Lost', 'Notify', 'Paced']))
})
