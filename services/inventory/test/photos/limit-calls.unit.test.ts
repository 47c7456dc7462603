import { expect, it, onTestFinished, vi } from 'vitest'
import { StoreUnreachable } from '../../src/photos/blobs/blob-store.ts'
import { limitCalls } from '../../src/photos/blobs/limit-calls.ts'

/** A call that hangs until the test ends it. */
const hanging = () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  return { begin: vi.fn(() => promise), end: () => resolve('late') }
}

it('gives up calls that hang, and fails further ones at once until one of them ends', async () => {
  const call = limitCalls(10)
  const [first, second, third] = [hanging(), hanging(), hanging()]
  const results = await Promise.allSettled([first, second, third].map(({ begin }) => call(begin)))
  for (const result of results) expect(result).toMatchObject({ reason: expect.any(StoreUnreachable) })
  const further = vi.fn(async () => 'answered')
  await expect(call(further)).rejects.toBeInstanceOf(StoreUnreachable)
  expect(further).not.toHaveBeenCalled()
  first.end()
  await expect.poll(() => call(further).catch(String)).toBe('answered')
  expect(third.begin).not.toHaveBeenCalled() // it failed before its turn
})

it('limits the time of a call from its turn on, because a volume that is only slow answers all', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const call = limitCalls(5_000)
  const [slow, hangs] = [() => new Promise((resolve) => setTimeout(resolve, 2_000, 'answered')), hanging()]
  const hung = call(hangs.begin).catch((error: unknown) => error)
  const results = Promise.all(Array.from({ length: 4 }, () => call(slow))) // one after the other, in the other place
  await vi.advanceTimersByTimeAsync(8_000)
  expect(await hung).toBeInstanceOf(StoreUnreachable)
  expect(await results).toEqual(Array(4).fill('answered'))
})

it('makes two calls at a time, and passes on their results and errors', async () => {
  const call = limitCalls(60_000)
  const [first, second] = [hanging(), hanging()]
  const both = [call(first.begin), call(second.begin)]
  const third = vi.fn(() => Promise.reject(new Error('broken')))
  const broken = call(third)
  expect(third).not.toHaveBeenCalled()
  first.end()
  await expect(broken).rejects.toThrow('broken')
  second.end()
  expect(await Promise.all(both)).toEqual(['late', 'late'])
  expect(await call(async () => 1)).toBe(1)
})
