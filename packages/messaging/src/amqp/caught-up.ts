/** When a consumer has worked off what waited in its queue as it became connected. */

export class CaughtUp {
  /** How many deliveries must still be settled. */
  #remaining = Number.POSITIVE_INFINITY

  /**
   * The consumer is connected. `waiting` is what the queue holds ready, and what this consumer held on a channel that it lost:
   * the broker may not have noticed yet, and then doesn't count these.
   */
  connected(waiting: number): void {
    this.#remaining = waiting
  }

  /** Nothing waits in the queue; what waited and isn't among these `unsettled` others have settled. */
  foundEmpty(unsettled: number): void {
    this.#remaining = Math.min(this.#remaining, unsettled)
  }

  disconnected(): void {
    this.#remaining = Number.POSITIVE_INFINITY
  }

  settled(): void {
    this.#remaining -= 1
  }

  done(): boolean {
    return this.#remaining <= 0
  }
}
