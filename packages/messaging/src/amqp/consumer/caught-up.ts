/**
 * After this many consecutive observations (one per second) without ready messages, the remaining deliveries are
 * assumed to be blocked, for example by a lock, and no longer count. Otherwise one could prevent catching up
 * indefinitely.
 */
const maxEmptyObservations = 30

/** Detects when a consumer has handled the messages that waited in its queue when it connected. */
export class CaughtUp {
  /** The number of waiting messages that are still to be settled. */
  #ready = Number.POSITIVE_INFINITY
  /** The number of deliveries of lost channels that must still be redelivered and settled. */
  #lost = 0
  #emptyObservations = 0

  /** Called when the consumer is connected. `ready` messages wait in the queue (infinity if unknown). */
  connected(ready: number): void {
    this.#ready = ready
    this.#emptyObservations = 0
  }

  /**
   * Called for each observation of the queue. If two in a row find no ready messages, all waiting messages are among
   * the `unsettled` ones or with other consumers; after the first one, deliveries may still have been on their way
   * here. Lost deliveries are included once the broker must have detected the end of the earlier channels.
   */
  observed(messages: number, { unsettled, lossDetected }: { unsettled: number; lossDetected: boolean }): void {
    this.#emptyObservations = messages === 0 ? this.#emptyObservations + 1 : 0
    if (this.#emptyObservations < 2) return
    this.#ready = Math.min(this.#ready, this.#emptyObservations < maxEmptyObservations ? unsettled : 0)
    if (lossDetected) this.#lost = 0
  }

  /**
   * Called when the channel has ended. `unsettled` deliveries are lost: while the broker has not detected the end, they are not
   * ready. Those of an earlier channel may be lost still.
   */
  disconnected(unsettled: number): void {
    this.#ready = Number.POSITIVE_INFINITY
    this.#lost = Math.max(0, this.#lost) + unsettled
  }

  settled(redelivered: boolean): void {
    this.#ready -= 1
    if (redelivered) this.#lost -= 1
  }

  done(): boolean {
    return this.#ready <= 0 && this.#lost <= 0
  }
}
