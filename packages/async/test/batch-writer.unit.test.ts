import { describe, expect, it } from 'vitest'
import { BatchWriter } from '../src/index.ts'

const backoff = { firstMs: 1, maxMs: 2, random: () => 0.5 }

describe('natural batches', () => {
  it('contain the items that arrive together, or during a write', async () => {
    const written: (readonly number[])[] = []
    const writer = new BatchWriter<number>({
      write: async (items) => {
        written.push(items)
        if (written.length === 1) later.push(writer.write(3), writer.write(4))
      },
      backoff,
      onError: (error) => expect.fail(String(error)),
    })
    const later: Promise<void>[] = []
    await Promise.all([writer.write(1), writer.write(2)])
    await Promise.all(later)
    expect(written).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  it('are not blocked by one item that cannot be written', async () => {
    const written: number[] = []
    const writer = new BatchWriter<number>({
      write: async (items) => {
        if (items.includes(13)) throw new Error('no thirteen')
        written.push(...items)
      },
      backoff,
      onError: () => undefined,
    })
    const unlucky = writer.write(13)
    const abandoned = expect(unlucky).rejects.toThrow('closed before it was written')
    await Promise.all([1, 2, 3].map((item) => writer.write(item)))
    expect(written.sort()).toEqual([1, 2, 3])
    await writer.close()
    await abandoned
  })

  it('grow again after a failure, so that one item that cannot be written costs few attempts', async () => {
    let attempts = 0
    const writer = new BatchWriter<number>({
      write: async (items) => {
        attempts += 1
        if (items.includes(13)) throw new Error('no thirteen')
      },
      backoff,
      onError: () => undefined,
    })
    const unlucky = expect(writer.write(13)).rejects.toThrow('closed before it was written')
    await Promise.all(Array.from({ length: 100 }, () => writer.write(1)))
    expect(attempts).toBeLessThan(30)
    await writer.close()
    await unlucky
  })

  it('report only the item that cannot be written, even while more items arrive than the last batch had', async () => {
    let attempts = 0
    const reported = new Set<number | undefined>()
    const arrive = (count: number) => {
      for (let index = 0; index < count; index += 1) void writer.write(1).catch(() => undefined)
    }
    const writer = new BatchWriter<number>({
      write: async (items) => {
        attempts += 1
        if (attempts === 100) void writer.close()
        else arrive(items.length + 10)
        if (items.includes(13)) throw new Error('no thirteen')
      },
      backoff,
      onError: (_, only) => void reported.add(only),
    })
    arrive(50)
    const unlucky = expect(writer.write(13)).rejects.toThrow('closed before it was written')
    arrive(50)
    await unlucky
    expect(reported).toEqual(new Set([undefined, 13]))
  })

  it('leave out an aborted item after a failure', async () => {
    const written: number[] = []
    const [unwanted, wanted] = [new AbortController(), new AbortController()]
    const writer = new BatchWriter<number>({
      write: async (items) => {
        const isFirst = !unwanted.signal.aborted
        unwanted.abort()
        if (isFirst) throw new Error('not yet')
        written.push(...items)
      },
      backoff,
      onError: () => undefined,
    })
    const added = [writer.write(1, unwanted.signal), writer.write(2, wanted.signal), writer.write(3)]
    await expect(added[0]).rejects.toThrow('aborted before it was written')
    await Promise.all(added.slice(1))
    expect(written.toSorted()).toEqual([2, 3])
  })

  it('are never empty, even if all items were aborted', async () => {
    const sizes: number[] = []
    const unwanted = new AbortController()
    const writer = new BatchWriter<number>({
      write: async (items) => {
        sizes.push(items.length)
        unwanted.abort()
        throw new Error('not yet')
      },
      backoff,
      onError: () => undefined,
    })
    await expect(writer.write(1, unwanted.signal)).rejects.toThrow('aborted before it was written')
    await writer.close()
    expect(sizes).toEqual([1])
  })
})
