import { setTimeout as delay } from 'node:timers/promises'

/** Work that has begun and isn't finished: what a stop waits for. */
export class InFlight {
  readonly #promises = new Set<Promise<void>>()

  /** Follows a piece of work. One that rejects is a bug, and crashes the process as an unhandled rejection. */
  add(work: Promise<void>): void {
    this.#promises.add(work)
    void work.finally(() => this.#promises.delete(work))
  }

  /** Resolves when all is done, or after `withinMs`. */
  async done(withinMs: number): Promise<void> {
    const timer = new AbortController()
    await Promise.race([
      Promise.allSettled(this.#promises),
      delay(withinMs, undefined, { signal: timer.signal, ref: false }),
    ])
    timer.abort()
  }
}
