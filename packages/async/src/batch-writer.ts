/**
 * Writes items in batches, one statement per batch, and retries until they are written. A batch has all items that arrived while the
 * one before was written. After a failure, batches begin with one item and double, the items of the failed batch first. So an
 * item that can't be written is soon tried alone, and delays others little. `batching` instead passes an error to all callers of
 * the batch, and returns a result for each.
 */
import { type Backoff, backoffMs } from './backoff.ts'
import { pause } from './pause.ts'

export interface BatchWriterOptions<Item> {
  readonly write: (items: readonly Item[]) => Promise<void>
  readonly backoff: Backoff
  /** Called for each failed attempt, with its item if it had only one. */
  readonly onError: (error: unknown, only: Item | undefined) => void
  /** The maximum number of items in a batch. Default 1,000. */
  readonly maxSize?: number
}

interface Waiting<Item> {
  readonly item: Item
  readonly signal: AbortSignal | undefined
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

const unwritten = 'closed before it was written'

export class BatchWriter<Item> {
  readonly #options: BatchWriterOptions<Item>
  readonly #closing = new AbortController()
  #waiting: Waiting<Item>[] = []
  #running: Promise<void> | null = null

  constructor(options: BatchWriterOptions<Item>) {
    this.#options = options
  }

  /**
   * Resolves when the item has been written, after any number of attempts. @throws once closed, or if the signal aborts
   * before the next attempt.
   */
  write(item: Item, signal?: AbortSignal): Promise<void> {
    if (this.#closing.signal.aborted) return Promise.reject(new Error(unwritten))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, signal, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Writes the items that wait, and gives them up at the first failure. Resolves when no write is running. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { backoff, maxSize = 1_000 } = this.#options
    await Promise.resolve() // items of the same tick share the batch
    let size = maxSize
    for (let failures = 0; this.#waiting.length > 0 && !(this.#closing.signal.aborted && failures > 0); ) {
      const batch = this.#take(size)
      if (batch.length === 0) break // all of them were aborted
      try {
        await this.#options.write(batch.map(({ item }) => item))
        for (const { resolve } of batch) resolve()
        failures = 0
        size = Math.min(2 * size, maxSize)
      } catch (error) {
        this.#putBack(batch, error)
        failures += 1
        size = 1
        await pause(backoffMs(failures, backoff), this.#closing.signal)
      }
    }
    this.#running = null
    for (const { reject } of this.#waiting.splice(0)) reject(new Error(unwritten))
  }

  /** An item that failed alone is tried after the others. Those that failed together are next, to find the one that failed. */
  #putBack(batch: Waiting<Item>[], error: unknown): void {
    const [first, ...others] = batch
    const isAlone = others.length === 0
    this.#options.onError(error, isAlone ? first?.item : undefined)
    this.#waiting = isAlone ? [...this.#waiting, ...batch] : [...batch, ...this.#waiting]
  }

  /** The next items that are not aborted. */
  #take(count: number): Waiting<Item>[] {
    for (const { signal, reject } of this.#waiting)
      if (signal?.aborted) reject(new Error('aborted before it was written'))
    this.#waiting = this.#waiting.filter(({ signal }) => !signal?.aborted)
    return this.#waiting.splice(0, count)
  }
}
