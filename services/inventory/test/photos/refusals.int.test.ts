/** Uploads that are refused before they are stored, with the time after which the client may repeat them. Uses Postgres only. */
import { openMigratedDatabase } from '@quadrille/testing'
import { pino } from 'pino'
import { beforeAll, expect, inject, it } from 'vitest'
import { createStock } from '../../src/db/stock-table.ts'
import { putPhoto } from '../../src/http/put-photo.ts'
import { StoreFull } from '../../src/photos/blobs/blob-store.ts'
import { inventory } from '../../src/service.ts'
import { aPng } from './images.ts'

type Context = Parameters<typeof putPhoto>[0]
type Blobs = Parameters<typeof putPhoto>[1]

let database: Context['database']
beforeAll(async () => {
  const migrated = await openMigratedDatabase(inject('postgresUrl'), inventory.migrations)
  database = migrated.database
  await createStock(database, ['mug'])
  return migrated.close
})

type Given = Partial<Blobs & Pick<Context, 'outboxFull'>>

const upload = async ({ outboxFull = () => false, ...blobs }: Given) => {
  const route = putPhoto(
    {
      database,
      clock: { now: () => new Date() } as Context['clock'],
      log: pino({ level: 'silent' }),
      dispatch: () => expect.fail('It was committed.'),
      outboxFull,
    },
    { hasSpace: async () => true, put: () => expect.fail('It was stored.'), ...blobs },
  )
  const chunks = [await aPng()]
  const request = { params: { sku: 'mug' }, headers: {}, body: { mediaType: 'image/png', chunks }, trace: {} }
  return route.handle({ ...request, query: {}, mediaType: 'application/json', remoteAddress: '127.0.0.1' })
}

it.each([
  ['the outbox is full', '5', { outboxFull: () => true }],
  ['the store has too little space', '60', { hasSpace: async () => false }],
  ['the store has become full meanwhile', '60', { put: () => Promise.reject(new StoreFull('The volume is full.')) }],
])('if %s', async (_reason, seconds, given) => {
  await expect(upload(given)).rejects.toMatchObject({ status: 503, headers: { 'retry-after': seconds } })
})
