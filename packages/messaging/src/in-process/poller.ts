/** Brings back what waits in the retry store, as much as there is room for, when it is due. */
import { type Backoff, backoffMs } from '@quadrille/async'
import type { TakenDelivery } from '../retry-store.ts'

export interface PollerOptions {
  /** How many deliveries may come. */
  readonly room: () => number
  readonly take: (limit: number) => Promise<TakenDelivery[]>
  /** Gets what was taken, and whether that was all that is due. */
  readonly taken: (deliveries: TakenDelivery[], all: boolean) => void
  /** How often to look while nobody wakes it, ms. */
  readonly everyMs: number
  readonly backoff: Backoff
  readonly onError: (error: unknown) => void
}

export class Poller {
  readonly #options: PollerOptions
  #timer: NodeJS.Timeout | undefined
  #taking: Promise<void> | null = null
  #stopped = false
  #failures = 0

  constructor(options: PollerOptions) {
    this.#options = options
    this.#wait(0)
  }

  /** Looks now, unless it is looking already, or waits for a store that is away. */
  wake(): void {
    if (this.#taking === null && this.#failures === 0) this.#wait(0)
  }

  /** Resolves when it no longer uses the store. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#taking
  }

  /** The timer keeps no process alive. */
  #wait(ms: number): void {
    clearTimeout(this.#timer)
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#taking = this.#look()
    }, ms).unref()
  }

  async #look(): Promise<void> {
    const { everyMs, backoff } = this.#options
    const more = await this.#take()
    this.#taking = null
    this.#wait(this.#failures > 0 ? backoffMs(this.#failures, backoff) : more ? 0 : everyMs)
  }

  /** True where there may be more. */
  async #take(): Promise<boolean> {
    const { room, take, taken, onError } = this.#options
    const limit = room()
    if (limit === 0) return false
    try {
      const deliveries = await take(limit)
      this.#failures = 0
      const all = deliveries.length < limit
      if (!this.#stopped) taken(deliveries, all)
      return !all
    } catch (error) {
      this.#failures += 1
      onError(error)
      return false
    }
  }
}
