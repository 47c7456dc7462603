/** The jobs of the service delete what it no longer needs. Uses Postgres and a folder. */
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newOrderId } from '@quadrille/events'
import { inProcessBroker } from '@quadrille/messaging'
import { openDatabase } from '@quadrille/postgres'
import { startService } from '@quadrille/service'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { pino } from 'pino'
import { expect, inject, it, onTestFinished } from 'vitest'
import { findPhotoFolder } from '../src/db/photo-table.ts'
import { inventory } from '../src/service.ts'

it('deletes old idempotency keys, replaced photos and the blobs that no photo needs', async () => {
  const { url, drop } = await createServiceDatabase(inject('postgresUrl'), inventory)
  onTestFinished(drop)
  const sql = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => sql.end())
  const volume = await mkdtemp(join(tmpdir(), 'quadrille-photos-'))
  onTestFinished(() => rm(volume, { recursive: true, force: true }))
  const folder = join(volume, await findPhotoFolder(sql), 'incoming')
  await mkdir(folder, { recursive: true })
  const twoHoursAgo = new Date(Date.now() - 7_200_000)
  for (const name of ['interrupted', 'running']) await writeFile(join(folder, name), '')
  await utimes(join(folder, 'interrupted'), twoHoursAgo, twoHoursAgo)
  await sql.query(
    `insert into receipt_answer (idempotency_key, request_hash, created_at)
     values ('old', '', now() - interval '25 hours'), ('new', '', now())`,
  )
  const [before, after] = [newOrderId(), newOrderId()]
  for (const photoId of [before, after])
    await sql.query(
      `insert into photo (photo_id, sku, status, original, variants, updated_at)
       values ($1, 'mug', 'ready', '{}', '[]', now() - interval '2 hours')`,
      [photoId],
    )
  const log = pino({ level: 'silent' })
  const broker = inProcessBroker({ onError: (error) => log.error(error) })
  onTestFinished(() => broker.close())
  const env = { DATABASE_URL: url, PORT: '0', PHOTOS_DIR: volume, IDEMPOTENCY_TTL: '24h' }
  const service = await startService(inventory, { broker, log, env })
  onTestFinished(() => service.stop())
  const left = async () => ({
    keys: await sql.query('select idempotency_key as key from receipt_answer'),
    photos: await sql.query('select photo_id as id from photo'),
    blobs: await readdir(folder),
  })
  await expect.poll(left).toEqual({ keys: [{ key: 'new' }], photos: [{ id: after }], blobs: ['running'] })
})
