/** Takes due entries from the retry store, as many as there is room for. */
import { type Backoff, backoffMs } from '@quadrille/async'
import type { TakenDelivery } from '../retry-store.ts'

export interface PollerOptions {
  /** The maximum number of deliveries to take. */
  readonly room: () => number
  readonly take: (limit: number) => Promise<TakenDelivery[]>
  /** Called with the taken deliveries. `all`: no others are due. */
  readonly taken: (deliveries: TakenDelivery[], all: boolean) => void
  /** The interval between polls without a wake, ms. */
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

  /** Polls now, unless a poll is running or the store is unavailable. */
  wake(): void {
    if (this.#taking === null && this.#failures === 0) this.#wait(0)
  }

  /** Resolves when it no longer uses the store. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#taking
  }

  /** The timer does not keep the process alive. */
  #wait(ms: number): void {
    clearTimeout(this.#timer)
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#taking = this.#poll()
    }, ms).unref()
  }

  async #poll(): Promise<void> {
    const { everyMs, backoff } = this.#options
    const more = await this.#take()
    this.#taking = null
    this.#wait(this.#failures > 0 ? backoffMs(this.#failures, backoff) : more ? 0 : everyMs)
  }

  /** True if there may be more. */
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
