import type { Message, PhotoBlob } from '@quadrille/events'
import { noCallMade, taskFaultOf } from '@quadrille/service'
import { aMessage } from '@quadrille/shop-testing'
import { expect, it } from 'vitest'
import { WorkerLost } from '../../src/photos/images/pool.ts'
import type { RenderResult } from '../../src/photos/images/render-photo.ts'
import { processPhoto } from '../../src/tasks/process-photo.ts'

const photoId = '019aa2f4-3d10-7c55-8a1e-2b7f4c9d0e63'
const blob: PhotoBlob = { key: `${photoId}/original`, mediaType: 'image/png', size: 9, sha256: 'a'.repeat(64) }
const task: Message<'ProcessPhoto'> = aMessage('ProcessPhoto', { photoId, sku: 'mug', blob })

const ready: RenderResult = { status: 'ready', variants: [] }

interface Given {
  readonly work?: 'waiting' | 'replaced' | 'ended'
  readonly result?: RenderResult | Error
  readonly number?: number
}

const perform = ({ work = 'waiting', result = ready, number = 1 }: Given) => {
  const images = { render: async () => (result instanceof Error ? Promise.reject(result) : result) }
  const attempt = { number, signal: new AbortController().signal }
  return processPhoto({ findProgress: async () => work, images }).perform(task, attempt)
}

const rejectedAs = (reason: string) => ({ type: 'PhotoRejected', data: { photoId, reason } })

it('has the result of the work as its outcome', async () => {
  expect(await perform({})).toEqual({ type: 'PhotoProcessed', data: { photoId, variants: [] } })
  expect(await perform({ result: { status: 'rejected', reason: 'altered' } })).toEqual(rejectedAs('altered'))
})

it('rejects a photo whose bytes are missing only at the last attempt, because other instances may have another folder', async () => {
  const result: RenderResult = { status: 'rejected', reason: 'lost' }
  const error = await perform({ result, number: 5 }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ message: `${blob.key} is not in the folder of the photos.` })
  expect(taskFaultOf(error)).toMatchObject({ outage: false }) // each photo has attempts of its own
  expect(await perform({ result, number: 6 })).toEqual(rejectedAs('lost'))
})

it('does no work for a photo that was replaced or has a result', async () => {
  const unused = { result: new Error('It was processed.') }
  expect(await perform({ work: 'replaced', ...unused })).toEqual(rejectedAs('replaced'))
  expect(await perform({ work: 'ended', ...unused })).toBe(noCallMade)
})

it('is tried again if the store fails, however often', async () => {
  await expect(perform({ result: new Error('EIO'), number: 9 })).rejects.toThrow('EIO')
})

it('has enough attempts to be rejected, regardless of RETRY_ATTEMPTS', () => {
  expect(processPhoto({ findProgress: async () => 'waiting', images: { render: async () => ready } }).maxAttempts).toBe(
    6,
  )
})

it('counts each loss of a process as an attempt, however many photos cause one', () => {
  expect(taskFaultOf(new WorkerLost('It crashed.'))).toMatchObject({ outage: false })
})

it('rejects a photo that costs a process at the third attempt or a later one', async () => {
  const result = new WorkerLost('It crashed.')
  await expect(perform({ result, number: 2 })).rejects.toThrow('It crashed.')
  for (const number of [3, 4]) expect(await perform({ result, number })).toEqual(rejectedAs('too_expensive'))
})
