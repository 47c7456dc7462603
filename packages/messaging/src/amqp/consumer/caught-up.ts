/**
 * After so many looks in a row that found nothing ready, one a second, what is still in hand has reasons of its own to wait, such
 * as a lock that somebody holds: it must not hold up for ever what waits for this consumer to catch up.
 */
const observationsBeyondPatience = 30

/** When a consumer has worked off what waited in its queue as it became connected. */
export class CaughtUp {
  /** Of what was ready in the queue, how many deliveries must still be settled. */
  #ready = Number.POSITIVE_INFINITY
  /** Of what the consumer held on the channel that it lost, how many must still come again and be settled. */
  #lost = 0
  #emptyObservations = 0

  /**
   * The consumer is connected. `ready` messages wait in the queue (infinity where that isn't known), and `lost` were unsettled
   * on the channel before: the broker may not have noticed its death yet, and then these aren't ready.
   */
  connected(ready: number, lost: number): void {
    this.#ready = ready
    this.#lost = lost
    this.#emptyObservations = 0
  }

  /**
   * The queue was looked at. When nothing is ready twice in a row, what waited and isn't among `unsettled` others have got, or
   * there was nothing: after the first of the two, deliveries may still have been on their way here. What was lost is among
   * them once the broker has surely noticed the death of the earlier channel.
   */
  observed(messages: number, { unsettled, deathNoticed }: { unsettled: number; deathNoticed: boolean }): void {
    this.#emptyObservations = messages === 0 ? this.#emptyObservations + 1 : 0
    if (this.#emptyObservations < 2) return
    this.#ready = Math.min(this.#ready, this.#emptyObservations < observationsBeyondPatience ? unsettled : 0)
    if (deathNoticed) this.#lost = 0
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
