/** Forms batches of items from several sources, and runs one batch at a time. */
import { createFairQueue, type FairQueueOptions } from './fair-queue.ts'

const maxRestMs = 50

/** Resolves with a result for each item, in the same order. */
export type Submit<Source, Item, Result> = (source: Source, items: readonly Item[]) => Promise<readonly Result[]>

export interface BatchLoopOptions<Item> extends FairQueueOptions<Item> {
  /** If at least this many items wait when a batch ends, or as many bytes as fit in a batch, the next one begins at once. */
  readonly fullSize: number
}

/**
 * Items that arrive while a batch runs form the next one. After a batch the loop rests for as long as the batch took, unless enough
 * for a full batch waits. So batches are larger, and cost less per item, where the database is busy. An item that arrives after the rest
 * is handled at once.
 */
export const createBatchLoop = <Source extends string, Item, Result>(
  sources: readonly Source[],
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  { maxSize, maxBytes, bytesOf, fullSize }: BatchLoopOptions<Item>,
): Submit<Source, Item, Result> => {
  const waiting = createFairQueue<Source, QueuedItem<Item, Result>>(sources, {
    maxSize,
    maxBytes,
    bytesOf: ({ item }) => bytesOf(item),
  })
  const isFull = () => {
    const { items, bytes } = waiting.waiting()
    return items >= fullSize || bytes >= maxBytes
  }
  let running = false

  const runNext = async (queued: readonly QueuedItem<Item, Result>[]): Promise<void> => {
    try {
      const results = await run(queued.map(({ item }) => item))
      for (const [index, { resolve, reject }] of queued.entries()) {
        const result = results[index]
        if (result === undefined) reject(new Error('A batch returned fewer results than it has items.'))
        else resolve(result)
      }
    } catch (error) {
      for (const { reject } of queued) reject(error)
    }
  }

  const drain = async (): Promise<void> => {
    running = true
    await Promise.resolve() // items that arrive in the same turn of the event loop join the first batch
    for (let batch = waiting.take(); batch.length > 0; batch = waiting.take()) {
      const begun = performance.now()
      await runNext(batch)
      const tookMs = performance.now() - begun
      if (!isFull()) await rest(Math.min(tookMs, maxRestMs))
    }
    running = false
  }

  return (source, items) => {
    const results = items.map(
      (item) => new Promise<Result>((resolve, reject) => waiting.add(source, { item, resolve, reject })),
    )
    if (!running) void drain()
    return Promise.all(results)
  }
}

const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

interface QueuedItem<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}
