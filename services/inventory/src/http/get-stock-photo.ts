import { photos } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { type FileReply, notFound, Problem, type Route, route } from '@quadrille/service'
import { z } from 'zod'
import { findLastPhoto, findServedPhoto } from '../db/photo-table.ts'
import { variantOf } from '../domain/photo.ts'
import type { BlobStore } from '../photos/blobs/blob-store.ts'
import { absence } from './photo-schema.ts'
import { reachable } from './reachable.ts'
import { stockParams } from './schema.ts'

/** Clients and proxies ask again after a minute, because a new photo has the same path. */
const cacheControl = 'public, max-age=60'

const [small, medium, large] = photos.photoWidths

const photoQuery = z.strictObject({
  width: z
    .enum([`${small}`, `${medium}`, `${large}`])
    .default(`${medium}`)
    .meta({ description: 'The largest width in pixels. A smaller photo is not enlarged.' }),
})

/** `GET /stock/{sku}/photo`. */
export const getStockPhoto = (database: Database, blobs: Pick<BlobStore, 'read'>): Route =>
  route({
    method: 'get',
    path: '/stock/{sku}/photo',
    operationId: 'getStockPhoto',
    summary: 'Get the photo of a SKU',
    description:
      'Returns the photo that was uploaded last and is ready. Without one the response is 404, with `Retry-After` if one is being processed.',
    params: stockParams,
    query: photoQuery,
    responses: {
      200: {
        description: 'The photo',
        file: ['image/webp'],
        headers: {
          'Cache-Control': 'How long the photo may be used without asking again.',
        },
      },
      404: { description: 'There is no photo to serve, or not yet', retryAfter: true },
    },
    handle: async ({ params: { sku }, query: { width } }) => ({
      status: 200,
      file: await findFile({ database, blobs, sku, maxWidth: photos.photoWidth.parse(Number(width)) }),
      headers: { 'cache-control': cacheControl },
    }),
  })

interface Wanted {
  readonly database: Database
  readonly blobs: Pick<BlobStore, 'read'>
  readonly sku: string
  readonly maxWidth: (typeof photos.photoWidths)[number]
}

const findFile = async ({ database, blobs, sku, maxWidth }: Wanted): Promise<FileReply> => {
  const photo = await findServedPhoto(database, sku)
  if (!photo) throw absent(sku, await findLastPhoto(database, sku))
  const { key, size, sha256 } = variantOf(photo, maxWidth)
  const read = async () => {
    const bytes = await reachable(blobs.read(key, size))
    if (bytes?.byteLength === size) return bytes
    throw notFound(`The photo of ${sku} is lost. Upload it again.`) // or cut, for example by a restore
  }
  return { mediaType: 'image/webp', etag: `"${sha256}"`, read }
}

const absent = (sku: string, last: Awaited<ReturnType<typeof findLastPhoto>>): Problem => {
  const soon = last?.status === 'processing' || last?.status === 'ready'
  return new Problem('not-found', absence(sku, last), soon ? { headers: { 'retry-after': '2' } } : {})
}
