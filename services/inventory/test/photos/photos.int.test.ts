/** Photos from the upload to their delivery: a started service with a real Postgres, a real folder and real worker processes. */
import { mkdtemp, readdir, rename, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { choreography } from '@quadrille/events'
import { type Broker, inboxOf, inProcessBroker, topologyOf } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { type DatabasePool, openDatabase } from '@quadrille/postgres'
import { type RunningService, startService } from '@quadrille/service'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import type { TestDatabase } from '@quadrille/testing'
import { pino } from 'pino'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { deleteReplacedPhotos, findPhotoFolder, findProgress } from '../../src/db/photo-table.ts'
import { inventory } from '../../src/service.ts'
import { aHugePng, aJpeg, aPng, svg } from './images.ts'

const log = pino({ level: 'silent' })
let database: TestDatabase
let sql: DatabasePool
let folder: string
let broker: Broker
let service: RunningService
beforeAll(async () => {
  database = await createServiceDatabase(inject('postgresUrl'), inventory)
  sql = openDatabase({ url: database.url, applicationName: 'test', max: 2, onIdleError: () => undefined })
  folder = await mkdtemp(join(tmpdir(), 'quadrille-photos-'))
  broker = inProcessBroker({ onError: (error) => log.error(error) })
  const order = broker.join(topologyOf(choreography.order, choreography), memoryStores())
  order.consume(inboxOf('order'), ({ ack }) => ack(), { prefetch: 1 }) // inventory publishes nothing without its consumer
  const env = { DATABASE_URL: database.url, PORT: '0', SEED: 'demo', PHOTOS_DIR: folder, PHOTO_PRIORITY: 'normal' }
  service = await startService(inventory, { broker, env, log })
})
afterAll(async () => {
  await service.stop()
  await broker.close()
  await sql.end()
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

type Body = NonNullable<RequestInit['body']>

/** As the API document defines it, or a problem. */
const asPhoto = async (response: Response) => (await response.json()) as { photoId: string; status: string | number }

const upload = async (sku: string, bytes: Body, type = 'image/png', more: Record<string, string> = {}) => {
  const init = { method: 'PUT', headers: { 'content-type': type, ...more }, body: bytes, duplex: 'half' as const }
  const response = await fetch(`${service.url}/stock/${sku}/photo`, init)
  return { status: response.status, headers: response.headers, body: await asPhoto(response) }
}
const photo = (sku: string, query = '', init: RequestInit = {}) =>
  fetch(`${service.url}/stock/${sku}/photo${query}`, init)

const statusOf = async (photoId: string) => {
  const response = await fetch(`${service.url}/photos/${photoId}`)
  return asPhoto(response)
}

/** Uploads, and resolves to the photo when it has an outcome. */
const uploadAndWait = async (sku: string, bytes: Body, type?: string) => {
  const { status, body } = await upload(sku, bytes, type)
  expect(status).toBe(202)
  await expect.poll(() => statusOf(body.photoId)).not.toMatchObject({ status: 'processing' })
  return statusOf(body.photoId)
}

/** It is rendered soon, for tests in which its size does not matter. */
const small = { width: 40, height: 30 }

const svgAsJpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), svg])

const storedIn = async (photoId: string) => readdir(join(folder, await findPhotoFolder(sql), photoId))

describe('a photo', () => {
  it('is accepted, processed and served in each width', async () => {
    expect((await photo('mug')).status).toBe(404)
    const { status, headers, body } = await upload('mug', await aPng())
    expect({ status, body }).toEqual({
      status: 202,
      body: { photoId: expect.any(String), sku: 'mug', status: 'processing', reason: null },
    })
    expect(headers.get('location')).toBe(`/photos/${body.photoId}`)
    await expect.poll(() => statusOf(body.photoId)).toMatchObject({ status: 'ready' })
    for (const [query, width] of [
      ['', 640],
      ['?width=320', 320],
      ['?width=1280', 800],
    ] as const) {
      const served = await photo('mug', query)
      expect(Object.fromEntries(served.headers)).toMatchObject({
        'content-type': 'image/webp',
        'cache-control': 'public, max-age=60',
        'x-content-type-options': 'nosniff',
      })
      expect(await sharp(await served.arrayBuffer()).metadata()).toMatchObject({ format: 'webp', width })
    }
  })

  it('has an ETag, by which a client learns that it has the photo already', async () => {
    await uploadAndWait('tea', await aPng())
    const first = await photo('tea')
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[0-9a-f]{64}"$/)
    expect(await first.arrayBuffer()).toHaveProperty('byteLength', Number(first.headers.get('content-length')))
    const again = await photo('tea', '', { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    const head = await photo('tea', '', { method: 'HEAD' })
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, ''])
    expect((await photo('tea', '?width=320')).headers.get('etag')).not.toBe(etag)
  })

  it('refuses other widths, other types of response, and SKUs that are not in the catalog', async () => {
    expect((await photo('mug', '?width=500')).status).toBe(422)
    expect((await photo('mug', '', { headers: { accept: 'application/json' } })).status).toBe(406)
    expect((await upload('unheard-of', await aPng())).status).toBe(404)
  })

  it('has an id by the clock of Postgres, even if that of the process is two days ahead', async () => {
    const bytes = await aPng()
    const nowMs = Date.now()
    const ahead = vi.spyOn(Date, 'now').mockReturnValue(nowMs + 2 * 86_400_000)
    const { body } = await upload('mug', bytes)
    ahead.mockRestore()
    expect(Number.parseInt(body.photoId.replaceAll('-', '').slice(0, 12), 16)).toBeLessThan(nowMs + 86_400_000)
    await expect.poll(() => statusOf(body.photoId)).toMatchObject({ status: 'ready' })
  })

  it('is in the log of operations if an operator has uploaded it', async () => {
    const { body } = await upload('mug', await aPng(small), 'image/png', { 'x-operator': 'ada' })
    const log = await fetch(`${service.url}/operations`)
    expect(await log.json()).toMatchObject({
      items: [{ operation: 'upload_photo', operator: 'ada', detail: `mug: photo ${body.photoId}`, outcome: 'done' }],
    })
  })

  it('is stored with the claim check of its upload', async () => {
    const rows = await sql.query<{ original: object }>('select original from photo limit 1')
    expect(rows[0]?.original).toEqual({
      key: expect.stringMatching(/^[0-9a-f-]{36}\/original$/),
      mediaType: 'image/png',
      size: expect.any(Number),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })
})

describe('an upload', () => {
  const uploads = async () => (await sql.query('select from photo')).length

  it.each([
    ['over 10 MB', 413, () => Buffer.alloc(10_000_001), 'image/png'],
    [
      'over 10 MB without a Content-Length',
      413,
      async () => new Blob([await aPng(), Buffer.alloc(10_000_000)]).stream(),
      'image/png',
    ],
    ['that is an SVG', 415, () => svg, 'image/svg+xml'],
    ['that is an SVG and declared as PNG', 415, () => svg, 'image/png'],
    ['that is a PNG and declared as JPEG', 415, () => aPng(), 'image/jpeg'],
    ['of a few bytes', 415, () => Buffer.from([0xff, 0xd8]), 'image/jpeg'],
    ['without bytes', 415, () => Buffer.alloc(0), 'image/jpeg'],
    ['as JSON', 415, () => '{}', 'application/json'],
  ])('%s is refused and leaves nothing', async (_what, status, bytes, type) => {
    const before = await uploads()
    const refused = await upload('mug', await bytes(), type)
    expect(refused).toMatchObject({ status, body: { status, type: expect.stringContaining('/docs/problems#') } })
    expect(await uploads()).toBe(before)
    expect(await storedIn('../incoming').catch(() => [])).toEqual([])
  })

  it('that is cut off leaves nothing', async () => {
    const before = await uploads()
    const cutOff = new ReadableStream({
      start: async (controller) => {
        controller.enqueue((await aPng()).subarray(0, 100))
        controller.error(new Error('The client has lost its connection.'))
      },
    })
    await expect(upload('mug', cutOff)).rejects.toThrow()
    await expect.poll(async () => readdir(join(folder, await findPhotoFolder(sql), 'incoming'))).toEqual([])
    expect(await uploads()).toBe(before)
  })

  it.each([
    ['a decompression bomb', 'too_many_pixels', () => aHugePng({ width: 60_000, height: 60_000 }), 'image/png'],
    [
      'a page with the first bytes of a JPEG',
      'unreadable',
      () => Buffer.from('\xff\xd8\xff<html>....', 'latin1'),
      'image/jpeg',
    ],
    ['half of a JPEG', 'unreadable', async () => (await aJpeg()).subarray(0, 2_000), 'image/jpeg'],
  ])('of %s is rejected as %s, and the photo before is still served', async (_what, reason, bytes, type) => {
    const before = (await photo('mug')).headers.get('etag')
    expect(await uploadAndWait('mug', await bytes(), type)).toMatchObject({ status: 'rejected', reason })
    expect((await photo('mug')).headers.get('etag')).toBe(before)
  })

  it('of the first photo that is rejected says why', async () => {
    await uploadAndWait('teapot', await aHugePng({ width: 60_000, height: 60_000 }))
    expect(await (await photo('teapot')).json()).toMatchObject({
      detail: 'The photo of teapot was rejected: too_many_pixels. Upload another one.',
    })
  })

  it('is refused while a thousand others wait, but not because of those that have waited for over a day', async () => {
    await sql.query(
      `insert into photo (photo_id, sku, status, original, reason)
       select gen_random_uuid(), 'teapot', status, '{}', reason
       from generate_series(1, 1000), (values ('processing', null), ('rejected', 'unreadable')) as given (status, reason)`,
    )
    const refused = await upload('honey', await aPng(small))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30'])
    await sql.query(
      `update photo set updated_at = now() - interval '25 hours' where sku = 'teapot' and status = 'processing'`,
    )
    expect(await uploadAndWait('honey', await aPng(small))).toMatchObject({ status: 'ready' })
    await sql.query(`delete from photo where sku = any('{honey,teapot}')`)
  })

  it('replaces the photo before, which is deleted an hour later with its blobs', async () => {
    const first = await uploadAndWait('honey', await aPng(small))
    const before = (await photo('honey')).headers.get('etag')
    const second = await uploadAndWait('honey', await aPng({ width: 60, height: 30 }))
    expect((await photo('honey')).headers.get('etag')).not.toBe(before)
    await uploadAndWait('tea', await aPng(small))
    const age = `update photo set updated_at = now() - interval '61 minutes' where sku = any('{honey,tea}')`
    await sql.query(`${age} and photo_id = $1`, [first.photoId])
    expect(await deleteReplacedPhotos(sql, 100)).toBe(0)
    await sql.query(age)
    await deleteReplacedPhotos(sql, 100) // unless the job of the service has just done so
    expect([await statusOf(first.photoId), await statusOf(second.photoId)]).toMatchObject([
      { status: 404 },
      { status: 'ready' },
    ])
  })

  it('that waits is not replaced by a later one that is rejected, but replaces a rejected one', async () => {
    const { photoId: waiting } = await uploadAndWait('honey', await aPng(small))
    const { photoId: rejected } = await uploadAndWait('honey', svgAsJpeg, 'image/jpeg')
    const wait = `update photo set status = 'processing', variants = null, reason = null where photo_id = $1`
    const age = `update photo set updated_at = now() - interval '25 hours' where sku = 'honey'`
    await sql.query(wait, [waiting])
    await sql.query(age)
    expect(await deleteReplacedPhotos(sql, 100)).toBe(0)
    const { photoId: later } = await uploadAndWait('honey', await aPng(small))
    await sql.query(wait, [later])
    await sql.query(age)
    await deleteReplacedPhotos(sql, 100) // unless the job of the service has just done so
    expect([await statusOf(waiting), await statusOf(rejected)]).toMatchObject([
      { status: 'processing' },
      { status: 404 },
    ])
    await sql.query(`delete from photo where sku = 'honey'`)
  })
})

describe('of two uploads', () => {
  it('the later one is served, even if the outcome of the earlier one comes last', async () => {
    const earlier = await uploadAndWait('tea', await aPng({ width: 400, height: 300 }))
    await uploadAndWait('tea', await aPng({ width: 300, height: 400 }))
    await sql.query(`update photo set updated_at = now() + interval '1 minute' where photo_id = $1`, [earlier.photoId])
    const served = await photo('tea', '?width=320')
    expect(await sharp(await served.arrayBuffer()).metadata()).toMatchObject({ width: 300, height: 400 })
  })
})

describe('the work on an upload', () => {
  it('is needless when a later upload is ready, but not while that one may yet be rejected', async () => {
    const { photoId: earlier } = await uploadAndWait('tea', await aPng(small))
    const { photoId: later } = await uploadAndWait('tea', svgAsJpeg, 'image/jpeg')
    await sql.query(`update photo set status = 'processing', variants = null where photo_id = $1`, [earlier])
    await uploadAndWait('mug', await aPng(small))
    expect(await findProgress(sql, earlier)).toBe('waiting')
    const become = `update photo set status = 'ready', reason = null, variants = '[]' where photo_id = $1`
    await sql.query(become, [later])
    expect(await findProgress(sql, earlier)).toBe('replaced')
    await sql.query('delete from photo where photo_id = any($1)', [[earlier, later]])
  })
})

describe('a photo whose bytes', () => {
  it('were cut after it was ready is reported as lost', async () => {
    const { photoId } = await uploadAndWait('mug', await aPng({ width: 71, height: 50 }))
    for (const name of await storedIn(photoId))
      await truncate(join(folder, await findPhotoFolder(sql), photoId, name), 5)
    const cut = await photo('mug')
    expect([cut.status, cut.headers.get('etag'), cut.headers.get('cache-control')]).toEqual([404, null, 'no-store'])
  })

  it('are on a volume that is not mounted is not reported as lost, and no upload is stored elsewhere', async () => {
    const { photoId } = await uploadAndWait('mug', await aPng(small))
    const mounted = join(folder, await findPhotoFolder(sql))
    await rename(mounted, `${folder}/unmounted`)
    const refused = [await photo('mug'), await upload('mug', await aPng(small))]
    expect(refused.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([
      [503, '1'],
      [503, '1'],
    ])
    expect(await readdir(folder)).toEqual(['unmounted'])
    await rename(`${folder}/unmounted`, mounted)
    expect([(await photo('mug')).status, await statusOf(photoId)]).toMatchObject([200, { status: 'ready' }])
  })

  it('were lost after it was ready is reported as lost', async () => {
    const { photoId } = await uploadAndWait('mug', await aPng({ width: 70, height: 50 }))
    await rm(join(folder, await findPhotoFolder(sql), photoId), { recursive: true })
    const lost = await photo('mug')
    expect([lost.status, await lost.json()]).toMatchObject([
      404,
      { detail: 'The photo of mug is lost. Upload it again.' },
    ])
  })
})
