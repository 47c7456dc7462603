/** A worker process. It processes one photo at a time, and ends with its parent. */
import { folderStore } from '../blobs/folder.ts'
import { type Job, type Processed, processPhoto } from './process.ts'

export interface Request {
  readonly job: Job
  /** The folder of the blob store. */
  readonly directory: string
}

/** Its answer to each request. `failed`: the store did not work; the job may be tried again. */
export type Answer = Processed | { readonly status: 'failed'; readonly error: string }

const answer = async ({ job, directory }: Request): Promise<Answer> => {
  try {
    return await processPhoto(
      folderStore(async () => directory),
      job,
    )
  } catch (error) {
    return { status: 'failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

// Its parent decides when it ends. Ctrl-C in a terminal signals both, and the parent may still wait for the photo.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined)
process.on('message', async (request: Request) => process.send?.(await answer(request)))
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL')) // an exit would wait for the decoder
