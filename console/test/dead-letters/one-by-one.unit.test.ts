import { expect, test } from 'vitest'
import { ApiError } from '../../src/page/api/client.ts'
import { oneByOne } from '../../src/page/views/dead-letters/one-by-one.ts'
import { letterOf } from './letter.ts'

const letters = ['1', '2', '3'].map(letterOf)

/** Options that record the actions and the reports. */
const recording = () => {
  const stopping = new AbortController()
  const seen = { acted: [] as string[], progress: [] as number[], failures: [] as string[] }
  const options = {
    letters,
    signal: stopping.signal,
    onProgress: (done: number) => void seen.progress.push(done),
    onFailure: (line: string) => void seen.failures.push(line),
  }
  return { stopping, seen, options }
}

test('an error of one dead letter is reported, and the others go on', async () => {
  const { seen, options } = recording()
  await oneByOne({
    ...options,
    act: async ({ id }) => {
      seen.acted.push(id)
      if (id === '2') throw new ApiError('It was replayed.', { status: 409 })
    },
  })
  expect(seen).toEqual({
    acted: ['1', '2', '3'],
    progress: [0, 1, 2],
    failures: ['OrderPlaced 2: It was replayed.'],
  })
})

test('a stop ends it after the dead letter in progress, whose error is still reported', async () => {
  const { stopping, seen, options } = recording()
  await oneByOne({
    ...options,
    act: async ({ id }) => {
      seen.acted.push(id)
      stopping.abort()
      throw new ApiError('It was replayed.', { status: 409 })
    },
  })
  expect(seen.acted).toEqual(['1'])
  expect(seen.failures).toEqual(['OrderPlaced 1: It was replayed.'])
})

test('a request that a stop has ended is not reported', async () => {
  const { stopping, seen, options } = recording()
  await oneByOne({
    ...options,
    act: async (_, signal) => {
      stopping.abort()
      signal.throwIfAborted()
    },
  })
  expect(seen.failures).toEqual([])
})
