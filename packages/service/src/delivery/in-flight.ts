/** Work in progress, which a stop waits for. */
export class InFlight {
  readonly #works = new Set<Promise<void>>()

  /** Tracks a piece of work. A rejection is a bug, and crashes the process as an unhandled rejection. */
  add(work: Promise<void>): void {
    this.#works.add(work)
    void work.finally(() => this.#works.delete(work))
  }

  /** Resolves when all work that is in progress now has ended. */
  async done(): Promise<void> {
    await Promise.allSettled(this.#works)
  }
}
