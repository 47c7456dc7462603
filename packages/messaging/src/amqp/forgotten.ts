/**
 * Whether the broker has forgotten a consumer. RabbitMQ 3.10 may do so when a queue is deleted while another connection still
 * declares it: the queue is made anew, and its old consumer is never told. It then waits for ever, and messages with it.
 */
import type { Sight } from './lookout.ts'

/** How long the consumer must have got nothing, ms. */
const longMs = 2_000

export interface Look {
  readonly sight: Sight
  /** Deliveries that the consumer has got, and those of them that it still holds. */
  readonly delivered: number
  readonly unsettled: number
  readonly atMs: number
}

export class Forgotten {
  /** Since when every look has found that the consumer should have got something. */
  #since: { readonly atMs: number; readonly delivered: number } | null = null

  /**
   * True when messages wait, or the queue is gone, and a consumer that has nothing in hand has got nothing for long. What
   * isn't known counts neither for nor against it.
   */
  seen({ sight, delivered, unsettled, atMs }: Look): boolean {
    if (sight === null) return false
    const waits = sight === 'gone' || sight.messages > 0
    if (!waits || unsettled > 0 || this.#since?.delivered !== delivered) this.#since = null
    if (waits && unsettled === 0) this.#since ??= { atMs, delivered }
    return this.#since !== null && atMs - this.#since.atMs >= longMs
  }
}
