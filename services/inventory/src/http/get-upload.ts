import { photos } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { notFound, type Route, route } from '@quadrille/service'
import { z } from 'zod'
import { findPhotos } from '../db/photo-table.ts'
import { photoView, photoViewOf } from './photo-schema.ts'

/** `GET /photos/{photoId}`. */
export const getUpload = (database: Database): Route =>
  route({
    method: 'get',
    path: '/photos/{photoId}',
    operationId: 'getUpload',
    summary: 'Show the status of an upload',
    description:
      'Returns the status of one upload. It is kept until a later upload of the SKU has replaced it for an hour.',
    params: z.strictObject({ photoId: photos.photoId }),
    responses: { 200: { description: 'The upload', body: photoView } },
    handle: async ({ params: { photoId } }) => {
      const [photo] = await findPhotos(database, [photoId])
      if (!photo) throw notFound(`There is no photo ${photoId}.`)
      return { status: 200, body: photoViewOf(photo) }
    },
  })
