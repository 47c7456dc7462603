import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBatchLoop } from '../../src/core/batch-loop.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A loop whose batches take this long. `batches` are the batches that have begun, each with its time, ms. */
const loopOf = (takesMs: number, maxSize = 100) => {
  const begunMs = performance.now()
  const batches: (readonly [number, ...string[]])[] = []
  const run = async (items: readonly string[]) => {
    batches.push([performance.now() - begunMs, ...items])
    await new Promise((resolve) => setTimeout(resolve, takesMs))
    return items.map((item) => item.toUpperCase())
  }
  const submit = createBatchLoop<'inbox' | 'requests', string, string>(['inbox', 'requests'], run, {
    maxSize,
    fullSize: maxSize,
    maxBytes: 1_000,
    bytesOf: ({ length }) => length,
  })
  return { submit, batches }
}

describe('the loop', () => {
  it('returns a result for each item, also of a call that is split over two batches', async () => {
    const { submit, batches } = loopOf(10, 2)
    const results = submit('inbox', ['a', 'b', 'c'])
    await vi.runAllTimersAsync()
    expect(await results).toEqual(['A', 'B', 'C'])
    expect(batches.map(([, ...items]) => items)).toEqual([['a', 'b'], ['c']])
  })

  it('rests after a batch for as long as the batch took', async () => {
    const { submit, batches } = loopOf(10)
    void submit('inbox', ['a'])
    await vi.advanceTimersByTimeAsync(5)
    void submit('inbox', ['during the batch'])
    await vi.advanceTimersByTimeAsync(10)
    void submit('inbox', ['during the rest'])
    await vi.advanceTimersByTimeAsync(100)
    void submit('inbox', ['after the rest'])
    await vi.runAllTimersAsync()
    expect(batches).toEqual([
      [0, 'a'],
      [20, 'during the batch', 'during the rest'],
      [115, 'after the rest'],
    ])
  })

  it('rests for at most 50 ms', async () => {
    const { submit, batches } = loopOf(1_000)
    void submit('inbox', ['a'])
    await vi.advanceTimersByTimeAsync(1)
    void submit('inbox', ['b'])
    await vi.runAllTimersAsync()
    expect(batches).toEqual([
      [0, 'a'],
      [1_050, 'b'],
    ])
  })

  it('does not rest while a batch of the maximum number of bytes waits', async () => {
    const { submit, batches } = loopOf(10)
    const [large, larger] = ['x'.repeat(600), 'y'.repeat(1_000)]
    void submit('inbox', [large, larger])
    await vi.runAllTimersAsync()
    expect(batches).toEqual([
      [0, large],
      [10, larger],
    ])
  })

  it('does not rest while a full batch waits', async () => {
    const { submit, batches } = loopOf(10, 2)
    void submit('inbox', ['a', 'b', 'c', 'd'])
    await vi.runAllTimersAsync()
    expect(batches).toEqual([
      [0, 'a', 'b'],
      [10, 'c', 'd'],
    ])
  })
})
