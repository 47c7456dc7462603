/** A worker process. It renders one photo at a time, and ends with its parent. */
import { folderStore } from '../blobs/folder.ts'
import { cpuTimeUsed } from './cpu-time-used.ts'
import { type PhotoToRender, type RenderResult, renderPhoto } from './render-photo.ts'

export interface Request {
  readonly photo: PhotoToRender
  /** The folder of the blob store. */
  readonly directory: string
  /** The processor time after which the photo is too expensive, ms. */
  readonly cpuLimitMs: number
}

/**
 * Its answer to each request. `failed`: the store did not work; the photo may be tried again. After `too_expensive` the worker still
 * decodes, so it gets no further photo.
 */
export type Answer = RenderResult | { readonly status: 'failed'; readonly error: string }

const tooExpensive: Answer = { status: 'rejected', reason: 'too_expensive' }

const answer = async ({ photo, directory, cpuLimitMs }: Request): Promise<Answer> => {
  const store = folderStore(async () => directory)
  const ended = new AbortController()
  try {
    return await Promise.race([
      renderPhoto(store, photo),
      cpuTimeUsed(cpuLimitMs, ended.signal).then(() => tooExpensive),
    ])
  } catch (error) {
    return { status: 'failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  } finally {
    ended.abort()
  }
}

// Its parent decides when it ends. systemd signals all processes of a service, and the parent may still wait for the photo.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined)
process.on('message', async (request: Request) => process.send?.(await answer(request)))
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL')) // an exit would wait for the decoder
