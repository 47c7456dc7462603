/** When a consumer has worked off what waited in its queue as it became connected. */
export class CaughtUp {
  /** Of what was ready in the queue, how many deliveries must still be settled. */
  #ready = Number.POSITIVE_INFINITY
  /** Of what the consumer held on the channel that it lost, how many must still come again and be settled. */
  #lost = 0

  /**
   * The consumer is connected. `ready` messages wait in the queue, and `lost` were unsettled on the channel before: the broker
   * may not have noticed its death yet, and then these aren't ready.
   */
  connected(ready: number, lost: number): void {
    this.#ready = ready
    this.#lost = lost
  }

  /** Nothing is ready, and the dead channel has surely been noticed: what waited and isn't among `unsettled` others have got. */
  foundEmpty(unsettled: number): void {
    this.#ready = Math.min(this.#ready, unsettled)
    this.#lost = 0
  }

  disconnected(): void {
    this.#ready = Number.POSITIVE_INFINITY
  }

  settled(redelivered: boolean): void {
    this.#ready -= 1
    if (redelivered) this.#lost -= 1
  }

  done(): boolean {
    return this.#ready <= 0 && this.#lost <= 0
  }
}
