import { draft, photos } from '@quadrille/events'
import { timeOrderedId } from '@quadrille/messages'
import {
  type Context,
  notFound,
  optionalOperatorHeaders,
  Problem,
  performRecorded,
  type Route,
  route,
  tooManyEvents,
  type Upload,
  unavailable,
  uploadOf,
} from '@quadrille/service'
import { countWaitingPhotos } from '../db/photo-table.ts'
import { findStock } from '../db/stock-table.ts'
import type { InventoryState } from '../domain/state.ts'
import type { BlobStore } from '../photos/blobs/blob-store.ts'
import { mediaTypeOf, signatureBytes } from '../photos/images/media-type.ts'
import { photoView, photoViewOf } from './photo-schema.ts'
import { reachable, storeFull } from './reachable.ts'
import { stockParams } from './schema.ts'

/** The maximum number of photos of the last day that wait to be processed. Each has up to 10 MB in the store, whose free space bounds all. */
const maxWaiting = 1_000

type Dependencies = Pick<
  Context<unknown, ReturnType<typeof draft<'PhotoUploaded'>>, InventoryState>,
  'database' | 'clock' | 'log' | 'dispatch' | 'outboxFull'
>

/** `PUT /stock/{sku}/photo`: stores the bytes first, and then commits the photo together with its task. */
export const putPhoto = (
  { database, clock, log, dispatch, outboxFull }: Dependencies,
  blobs: Pick<BlobStore, 'put' | 'hasSpace'>,
): Route =>
  route({
    method: 'put',
    path: '/stock/{sku}/photo',
    operationId: 'uploadPhoto',
    summary: 'Upload the photo of a SKU',
    description:
      'Stores a photo of up to 10 MB and 50 megapixels, and processes it in the background. When it is ready, it replaces the photo before. Until then, and if it is rejected, the photo before is served.',
    params: stockParams,
    headers: optionalOperatorHeaders,
    body: uploadOf({
      description: 'The bytes of the photo. It must have one picture.',
      mediaTypes: photos.photoMediaType.options as [string, ...string[]],
      maxBytes: photos.maxPhotoBytes,
    }),
    responses: {
      202: {
        description: 'The photo is stored and will be processed',
        body: photoView,
        headers: { Location: 'The path of the upload, which shows its status.' },
      },
    },
    handle: async ({ params: { sku }, headers: { 'x-operator': operator }, body: upload, trace }) => {
      if (outboxFull()) throw tooManyEvents
      if (!(await findStock(database, sku)))
        throw notFound(`${sku} is not in the catalog. Add it by PUT /stock/${sku}.`)
      if ((await countWaitingPhotos(database, maxWaiting)) === maxWaiting)
        throw unavailable(`${maxWaiting} photos wait to be processed.`, 30)
      if (!(await reachable(blobs.hasSpace()))) throw storeFull
      const photoId = timeOrderedId(clock.now().getTime())
      const key = `${photoId}/original`
      const mediaType = photos.photoMediaType.parse(upload.mediaType)
      // An outcome of the commit that is unknown leaves the blob. The sweep deletes it if there is no photo.
      const stored = await reachable(blobs.put(key, checked(upload)))
      const uploaded = draft('PhotoUploaded', { photoId, sku, blob: { key, mediaType, ...stored } })
      const perform = () => dispatch(uploaded, trace)
      const operation = { operation: 'upload_photo', detail: `${sku}: photo ${photoId}`, operator }
      const { photo } = await performRecorded({ database, log }, operation, perform)
      if (!photo) throw new Error(`The photo ${photoId} was not stored.`)
      return { status: 202, body: photoViewOf(photo), headers: { location: `/photos/${photoId}` } }
    },
  })

/** The same bytes. Throws before the first of them if they do not begin like an image of the declared type. */
async function* checked({ mediaType, chunks }: Upload): AsyncIterable<Uint8Array> {
  let start: Buffer | undefined = Buffer.alloc(0)
  for await (const chunk of chunks) {
    if (start) {
      start = Buffer.concat([start, chunk])
      if (start.length < signatureBytes) continue
      if (mediaTypeOf(start) !== mediaType) throw notAsDeclared(mediaType)
      yield start
      start = undefined
    } else yield chunk
  }
  if (start) throw notAsDeclared(mediaType)
}

const notAsDeclared = (mediaType: string): Problem =>
  new Problem('unsupported-media-type', `The bytes are not ${mediaType}.`)
