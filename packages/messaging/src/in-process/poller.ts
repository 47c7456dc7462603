/**
 * Takes due entries from the retry store, as many as there is room for. It polls when an entry is due, because the store is used
 * by this process only; the interval is a limit.
 */
import { type Backoff, backoffMs } from '@quadrille/async'
import type { TakenDelivery } from '../retry-store.ts'

export interface PollerOptions {
  /** The maximum number of deliveries to take. */
  readonly room: () => number
  readonly take: (limit: number) => Promise<TakenDelivery[]>
  /** Called with the taken deliveries. `all`: no others are due. */
  readonly taken: (deliveries: TakenDelivery[], all: boolean) => void
  /** The time until the next entry is due, ms. Null without entries. */
  readonly nextDueMs: () => Promise<number | null>
  /** The longest interval between polls, ms. */
  readonly everyMs: () => number
  /** The interval while there is no room, or while due entries can't be taken because they are locked, ms. */
  readonly blockedMs: number
  readonly backoff: Backoff
  readonly onError: (error: unknown) => void
}

export class Poller {
  readonly #options: PollerOptions
  #timer: NodeJS.Timeout | undefined
  #taking: Promise<void> | null = null
  #stopped = false
  #failures = 0
  /** When the next poll begins, at the latest, by a monotonic clock, ms. */
  #nextPollMs = Number.POSITIVE_INFINITY

  constructor(options: PollerOptions) {
    this.#options = options
    this.#wait(0)
  }

  /** Polls now, unless a poll is running or the store is unavailable. */
  wake(): void {
    if (this.#taking === null && this.#failures === 0) this.#wait(0)
  }

  /** An entry was stored that is due after this time. */
  dueIn(ms: number): void {
    const atMs = performance.now() + ms
    if (this.#failures > 0 || atMs >= this.#nextPollMs) return
    if (this.#taking === null) this.#wait(ms)
    else this.#nextPollMs = atMs
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
    this.#nextPollMs = performance.now() + ms
    this.#timer = setTimeout(() => {
      this.#taking = this.#poll()
    }, ms).unref()
  }

  async #poll(): Promise<void> {
    const { backoff } = this.#options
    this.#nextPollMs = Number.POSITIVE_INFINITY
    const pauseMs = await this.#take()
    this.#taking = null
    if (this.#failures > 0) this.#wait(backoffMs(this.#failures, backoff))
    else this.#wait(Math.max(0, Math.min(pauseMs, this.#nextPollMs - performance.now())))
  }

  /** The time until the next poll, ms. */
  async #take(): Promise<number> {
    const { room, take, taken, nextDueMs, everyMs, blockedMs, onError } = this.#options
    const limit = room()
    if (limit === 0) return blockedMs
    try {
      const deliveries = await take(limit)
      this.#failures = 0
      const all = deliveries.length < limit
      if (!this.#stopped) taken(deliveries, all)
      if (!all) return 0
      const dueMs = (await nextDueMs()) ?? Number.POSITIVE_INFINITY
      return Math.min(everyMs(), deliveries.length === 0 && dueMs === 0 ? blockedMs : dueMs)
    } catch (error) {
      this.#failures += 1
      onError(error)
      return blockedMs
    }
  }
}
