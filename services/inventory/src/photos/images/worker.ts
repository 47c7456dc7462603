/** A worker process: node worker.ts FOLDER. It processes one photo at a time, and ends with its parent. */
import { folderStore } from '../blobs/folder.ts'
import { type Job, type Processed, processPhoto } from './process.ts'

/** Its answer to each job. `failed`: the store did not work; the job may be tried again. */
export type Answer = Processed | { readonly status: 'failed'; readonly error: string }

const [directory = ''] = process.argv.slice(2)
const store = folderStore(directory)

const answer = async (job: Job): Promise<Answer> => {
  try {
    return await processPhoto(store, job)
  } catch (error) {
    return { status: 'failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

process.on('message', async (job: Job) => process.send?.(await answer(job)))
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL')) // an exit would wait for the decoder
