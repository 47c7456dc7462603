/** Photos over RabbitMQ: two instances share the queue, and workers and an instance are killed in the middle of their work. */

import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { choreography } from '@quadrille/events'
import { amqpBroker, inboxOf, topologyOf } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { type DatabasePool, openDatabase } from '@quadrille/postgres'
import { type ServiceProcess, startServiceProcess } from '@quadrille/shop-testing'
import { createTestDatabase, createVhost } from '@quadrille/testing'
import { waitUntil } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished, test } from 'vitest'
import { findPhotoFolder, findPhotos } from '../../src/db/photo-table.ts'
import { blobsOf, type Photo } from '../../src/domain/photo.ts'
import { folderStore } from '../../src/photos/blobs/folder.ts'
import { createSweep } from '../../src/photos/blobs/sweep.ts'
import { aHugePng, aNoisyJpeg } from './images.ts'

const count = 24

/** Databases, a broker, and a folder for two instances. */
const open = async () => {
  const [database, vhost, folder] = await Promise.all([
    createTestDatabase(inject('postgresUrl')),
    createVhost(inject('rabbitmqUrl')),
    mkdtemp(join(tmpdir(), 'quadrille-photos-')),
  ])
  const sql = openDatabase({ url: database.url, applicationName: 'test', max: 2, onIdleError: () => undefined })
  const broker = amqpBroker(vhost.url, { onError: () => undefined })
  const order = broker.join(topologyOf(choreography.order, choreography), memoryStores())
  order.consume(inboxOf('order'), ({ ack }) => ack(), { prefetch: 1 }) // inventory publishes nothing without its consumer
  onTestFinished(async () => {
    await broker.close()
    await sql.end()
    await Promise.all([database.drop(), vhost.drop(), rm(folder, { recursive: true, force: true })])
  })
  const start = async (): Promise<ServiceProcess> => {
    const env = {
      DATABASE_URL: database.url,
      AMQP_URL: vhost.url,
      PHOTOS_DIR: folder,
      PHOTO_PRIORITY: 'normal',
      LOG_LEVEL: 'info',
    }
    const started = await startServiceProcess('inventory', env)
    onTestFinished(async () => void (await started.end('SIGKILL')))
    return started
  }
  return { sql, folder, start }
}

/** Records each change of a photo, so that a second outcome of one photo is seen. */
const recordChanges = async (sql: DatabasePool): Promise<void> => {
  await sql.query('create table change (photo_id uuid)')
  await sql.query(`
    create function record_change() returns trigger language plpgsql as
      $$ begin insert into change values (new.photo_id); return null; end $$`)
  await sql.query('create trigger record_change after update on photo for each row execute function record_change()')
}

const upload = async ({ url }: ServiceProcess, sku: string, body: Buffer): Promise<string> => {
  await fetch(`${url}/stock/${sku}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"onHand":1}',
  })
  const type = body[0] === 0xff ? 'image/jpeg' : 'image/png'
  const init = { method: 'PUT', headers: { 'content-type': type }, body: new Uint8Array(body) }
  const response = await fetch(`${url}/stock/${sku}/photo`, init)
  expect(response.status).toBe(202)
  return ((await response.json()) as { photoId: string }).photoId
}

/** The worker processes of an instance. */
const workersOf = async ({ pid }: ServiceProcess): Promise<number[]> => {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid='])
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  return rows.flatMap(([child = 0, parent]) => (parent === pid ? [child] : []))
}

/** Waits until the instance has a worker, and kills it. The queue is never empty meanwhile, so the worker has a photo. */
const killWorker = async (instance: ServiceProcess): Promise<number> => {
  const worker = await waitUntil(async () => (await workersOf(instance))[0])
  process.kill(worker, 'SIGKILL')
  return worker
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** The blobs in the store after the sweep of two hours later. */
const sweptBlobs = async (sql: DatabasePool, folder: string): Promise<string[]> => {
  const blobs = folderStore(async () => join(folder, await findPhotoFolder(sql)))
  const later = async function* () {
    for await (const { key, ageMs } of blobs.list()) yield { key, ageMs: ageMs + 7_200_000 }
  }
  const aged = { list: later, delete: blobs.delete }
  await createSweep({ blobs: aged, findPhotos: (ids) => findPhotos(sql, ids) })()
  const left: string[] = []
  for await (const { key } of blobs.list()) left.push(key)
  return left.sort()
}

test('each photo has one outcome, and each blob a photo, after any process was killed', async () => {
  const { sql, folder, start } = await open()
  const first = await start()
  const second = await start()
  await recordChanges(sql)
  const [photo, bomb] = [await aNoisyJpeg(), await aHugePng({ width: 60_000, height: 60_000 })]
  const ids: string[] = []
  for (let sent = 0; sent < count; sent += 1)
    ids.push(await upload(sent % 2 === 0 ? first : second, `photo-${sent}`, sent === 5 ? bomb : photo))
  const bombId = ids[5]

  const ended = async () => (await findPhotos(sql, ids)).filter(({ status }) => status !== 'processing').length
  const untilEnded = (atLeast: number) => waitUntil(async () => (await ended()) >= atLeast)
  for (const [atLeast, instance] of [
    [1, first],
    [3, second],
    [5, first],
  ] as const) {
    await untilEnded(atLeast)
    await killWorker(instance)
  }
  await untilEnded(8)
  const orphans = await waitUntil(async () => {
    const workers = await workersOf(first)
    return workers.length > 0 && workers
  })
  await first.end('SIGKILL')
  await waitUntil(() => !orphans.some(isAlive))
  expect(await ended()).toBeLessThan(count) // it was killed in the middle
  const again = await start()
  await untilEnded(12)
  await killWorker(again)
  await untilEnded(count)

  const photos: Photo[] = await findPhotos(sql, ids)
  for (const { photoId, ...photo } of photos)
    expect(photo).toMatchObject(
      photoId === bombId ? { status: 'rejected', reason: 'too_many_pixels' } : { status: 'ready' },
    )
  const changes = await sql.query('select photo_id from change group by photo_id having count(*) = 1')
  expect(changes).toHaveLength(count)
  expect(await sql.query('select 1 from dead_letter')).toEqual([])
  expect(await sweptBlobs(sql, folder)).toEqual(photos.flatMap(blobsOf).sort())

  for (const instance of [second, again]) expect(await instance.end()).toBe(0)
})
