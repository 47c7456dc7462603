import { type DataOf, draft, type Shop } from '@quadrille/events'
import { noCallMade, TaskError, tasksOf } from '@quadrille/service'
import { type ImagePool, WorkerLost } from '../photos/images/pool.ts'
import type { RenderResult } from '../photos/images/render-photo.ts'

const task = tasksOf<Shop, Shop['services']['inventory']>()

export interface PhotoPorts {
  /** Whether the photo still waits: `replaced` if a later upload of its SKU is ready, `ended` if it has a result or is deleted. */
  readonly findProgress: (photoId: string) => Promise<'waiting' | 'replaced' | 'ended'>
  readonly images: ImagePool
}

/** If the worker process crashes in this attempt or a later one, the photo is rejected. Earlier attempts may have failed otherwise. */
const lastChance = 3

/** Independent of RETRY_ATTEMPTS, so that the attempts always reach `lastChance` before the task becomes a dead letter. */
const maxAttempts = 6

/** Missing bytes are a failure until the last attempt, because another instance may have another folder. */
const outcomeOf = ({ photoId, blob }: DataOf<'ProcessPhoto'>, result: RenderResult, number: number) => {
  if (result.status === 'ready') return draft('PhotoProcessed', { photoId, variants: result.variants })
  const { reason } = result
  if (reason === 'lost' && number < maxAttempts)
    throw new TaskError(`${blob.key} is not in the folder of the photos.`, { outage: false })
  return draft('PhotoRejected', { photoId, reason })
}

/**
 * Resizes, watermarks and optimises a photo. Repeated, it writes the same blobs. A store that does not work, or a machine that is too
 * busy, is tried again like any fault. A photo that needs too much processor time, or whose worker process crashes at the third
 * attempt or a later one, is rejected, so that its client learns about it.
 */
export const processPhoto = ({ findProgress, images }: PhotoPorts) =>
  task(
    'ProcessPhoto',
    async (data, { number, signal }) => {
      const { photoId, blob } = data
      switch (await findProgress(photoId)) {
        case 'ended':
          return noCallMade
        case 'replaced':
          return draft('PhotoRejected', { photoId, reason: 'replaced' })
        case 'waiting':
      }
      try {
        return outcomeOf(data, await images.render({ photoId, blob }, signal), number)
      } catch (error) {
        if (error instanceof WorkerLost && number >= lastChance)
          return draft('PhotoRejected', { photoId, reason: 'too_expensive' })
        throw error
      }
    },
    { maxAttempts },
  )
