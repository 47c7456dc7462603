import { describe, expect, it } from 'vitest'
import { batching } from '../src/index.ts'

/** A batching whose batches end when the test resolves them. */
const held = (maxSize?: number) => {
  const batches: { readonly items: readonly string[]; readonly end: PromiseWithResolvers<readonly string[]> }[] = []
  const ask = batching(
    (items: readonly string[]) => {
      const end = Promise.withResolvers<readonly string[]>()
      batches.push({ items, end })
      return end.promise
    },
    { ...(maxSize !== undefined && { maxSize }) },
  )
  return { ask, batches, sizes: () => batches.map(({ items }) => items.length) }
}

const turn = () => new Promise(setImmediate)

describe('batching', () => {
  it('starts at once, and collects the items that arrive during a batch in the next one', async () => {
    const { ask, batches, sizes } = held()
    const first = [ask('a'), ask('b')]
    await turn()
    const second = [ask('c'), ask('d'), ask('e')]
    await turn()
    expect(sizes()).toEqual([2])
    batches[0]?.end.resolve(['A', 'B'])
    expect(await Promise.all(first)).toEqual(['A', 'B'])
    await turn()
    expect(sizes()).toEqual([2, 3])
    batches[1]?.end.resolve(['C', 'D', 'E'])
    expect(await Promise.all(second)).toEqual(['C', 'D', 'E'])
  })

  it('limits the size of a batch', async () => {
    const { ask, batches, sizes } = held(2)
    const asked = ['a', 'b', 'c'].map(ask)
    await turn()
    batches[0]?.end.resolve(['A', 'B'])
    await turn()
    batches[1]?.end.resolve(['C'])
    expect(await Promise.all(asked)).toEqual(['A', 'B', 'C'])
    expect(sizes()).toEqual([2, 1])
  })

  it('rejects all callers of a batch that fails, and runs the next one', async () => {
    const { ask, batches } = held()
    const failed = Promise.allSettled([ask('a'), ask('b')])
    await turn()
    batches[0]?.end.reject(new Error('no'))
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const next = ask('c')
    await turn()
    batches[1]?.end.resolve(['C'])
    expect(await next).toBe('C')
  })

  it('rejects a batch whose number of results is wrong', async () => {
    const { ask, batches } = held()
    const asked = ask('a')
    await turn()
    batches[0]?.end.resolve([])
    await expect(asked).rejects.toThrow('A batch of 1 items returned 0 results.')
  })
})
