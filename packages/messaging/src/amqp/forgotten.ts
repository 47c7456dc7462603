/**
 * Whether the broker has forgotten a consumer. RabbitMQ 3.10 may do so when a queue is deleted while another connection still
 * declares it: the queue is made anew, and its old consumer is never told. It then waits for ever, and messages with it.
 */
import type { Sight } from './lookout.ts'

/** How long two looks must be apart, ms. */
const soonMs = 1_000

export class Forgotten {
  /** Since when every look has found nobody who consumes the queue. */
  #sinceMs: number | null = null

  /** True when the look before, a second ago or more, has found nobody either. What isn't known counts for neither. */
  seen(sight: Sight, nowMs: number): boolean {
    if (sight === null) return false
    if (sight !== 'gone' && sight.consumers > 0) {
      this.#sinceMs = null
      return false
    }
    this.#sinceMs ??= nowMs
    return nowMs - this.#sinceMs >= soonMs
  }
}
