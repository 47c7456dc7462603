/** Photos on a volume that does not answer. */

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { choreography, newOrderId } from '@quadrille/events'
import { amqpBroker, eventAddress, topologyOf } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { openDatabase } from '@quadrille/postgres'
import { aMessage, aPlacedOrder, startServiceProcess, toWire } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { createVhost } from '@quadrille/testing'
import { waitUntil } from '@quadrille/testing/waiting'
import { expect, inject, it, onTestFinished } from 'vitest'
import { findPhotoFolder } from '../../src/db/photo-table.ts'
import { inventory } from '../../src/service.ts'
import { aPng } from './images.ts'

/** Inventory in a process of its own, with a photo of the mug whose file hangs: the opening of a pipe without a writer never ends. */
const start = async () => {
  const [database, vhost, volume] = await Promise.all([
    createServiceDatabase(inject('postgresUrl'), inventory),
    createVhost(inject('rabbitmqUrl')),
    mkdtemp(join(tmpdir(), 'quadrille-photos-')),
  ])
  const env = { DATABASE_URL: database.url, AMQP_URL: vhost.url, PHOTOS_DIR: volume, SEED: 'demo' }
  const lines: string[] = []
  const service = await startServiceProcess('inventory', env, { onLine: (line) => lines.push(line) })
  const sql = openDatabase({ url: database.url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(async () => {
    await service.end('SIGKILL')
    await sql.end()
    await Promise.all([database.drop(), vhost.drop(), rm(volume, { recursive: true, force: true })])
  })
  const photoId = newOrderId()
  const folder = join(volume, await findPhotoFolder(sql), photoId)
  await mkdir(folder, { recursive: true })
  await promisify(execFile)('mkfifo', [join(folder, 'hanging.webp')])
  const variant = { maxWidth: 640, width: 640, height: 480, key: `${photoId}/hanging.webp`, size: 1, sha256: '' }
  await sql.query(
    `insert into photo (photo_id, sku, status, original, variants) values ($1, 'mug', 'ready', '{}', $2)`,
    [photoId, JSON.stringify([variant])],
  )
  const applyBreakingMigration = () =>
    sql.query("insert into outbox_migration (name, run_on) values ('9999_breaking_everything', now())")
  return { service, amqpUrl: vhost.url, applyBreakingMigration, lines }
}

/** Publishes an order for a mug as the order service does. */
const placeOrder = async (amqpUrl: string): Promise<string> => {
  const broker = amqpBroker(amqpUrl, { onError: () => undefined })
  onTestFinished(() => broker.close())
  const requiredInboxes = ['inventory.inbox']
  const topology = { ...topologyOf(choreography.order, choreography), requiredInboxes }
  const { publisher } = broker.join(topology, memoryStores())
  await waitUntil(() => publisher.waitingFor() === null)
  const orderId = newOrderId()
  await publisher.publish(eventAddress('order'), toWire(aMessage('OrderPlaced', aPlacedOrder(orderId))))
  return orderId
}

it('does not keep a service from its stock, its orders, its other files and its stop', async () => {
  const { service, amqpUrl } = await start()
  const photo = `${service.url}/stock/mug/photo`
  const statusOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).status
  const downloads = Promise.all(Array.from({ length: 8 }, () => statusOf(photo))) // twice as many as Node has threads
  expect(await statusOf(`${service.url}/stock/mug`)).toBe(200)
  expect(await statusOf(`${service.url}/docs/swagger-ui.css`)).toBe(200)
  const orderId = await placeOrder(amqpUrl)
  await waitUntil(async () => (await statusOf(`${service.url}/reservations/${orderId}`)) === 200)
  expect(await downloads).toEqual(Array(8).fill(503))
  expect(await statusOf(photo, { method: 'PUT', headers: { 'content-type': 'image/png' }, body: await aPng() })).toBe(
    503,
  )
  expect(await service.end()).toBeNull() // killed by itself
})

it('does not keep a service from its end after a breaking migration, about which it prints one line', async () => {
  const { service, applyBreakingMigration, lines } = await start()
  expect((await fetch(`${service.url}/stock/mug/photo`)).status).toBe(503)
  await applyBreakingMigration()
  expect(await service.ended).toBeNull() // killed by itself
  expect(lines.filter((line) => line.startsWith('quadrille: '))).toEqual([expect.stringContaining('too new')])
  expect(lines.filter((line) => line.includes('"msg":"stopped"'))).toHaveLength(1)
})
