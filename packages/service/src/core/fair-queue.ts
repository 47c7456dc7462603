/** A queue with several sources. Each batch takes a fair share from each of them. */
import { Fifo } from '@quadrille/async'

export interface FairQueueOptions<Item> {
  /** The largest number of items in a batch. */
  readonly maxSize: number
  /** The largest size of a batch, bytes; a single item may be larger. */
  readonly maxBytes: number
  readonly bytesOf: (item: Item) => number
}

export interface FairQueue<Source, Item> {
  add(source: Source, item: Item): void
  /**
   * The next batch: one item of each source in turn, until the batch is full or no items are left. Each batch begins with the
   * next source. Items of one source keep their order.
   */
  take(): Item[]
  waiting(): { readonly items: number; readonly bytes: number }
}

export const createFairQueue = <Source extends string, Item extends object>(
  sources: readonly Source[],
  { maxSize, maxBytes, bytesOf }: FairQueueOptions<Item>,
): FairQueue<Source, Item> => {
  const queues = new Map(sources.map((source) => [source, new Fifo<Item>()]))
  let inOrder = [...queues.values()]
  let waitingBytes = 0
  return {
    waiting: () => ({ items: inOrder.reduce((items, { length }) => items + length, 0), bytes: waitingBytes }),
    add: (source, item) => {
      queues.get(source)?.push(item)
      waitingBytes += bytesOf(item)
    },
    take: () => {
      const batch: Item[] = []
      let bytes = 0
      for (const queue of roundRobin(inOrder)) {
        const next = queue.first()
        if (!next || batch.length === maxSize) break
        bytes += bytesOf(next)
        if (batch.length > 0 && bytes > maxBytes) break
        batch.push(next)
        queue.shift()
        waitingBytes -= bytesOf(next)
      }
      inOrder = [...inOrder.slice(1), ...inOrder.slice(0, 1)]
      return batch
    },
  }
}

/** Yields the non-empty queues in turn, until all are empty. */
function* roundRobin<Item extends object>(queues: readonly Fifo<Item>[]): Generator<Fifo<Item>> {
  let waiting = queues
  do {
    waiting = waiting.filter(({ length }) => length > 0)
    yield* waiting
  } while (waiting.length > 0)
}
