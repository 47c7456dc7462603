/**
 * What only RabbitMQ 3 needs. Beside what is in this file, `headers.ts` takes `x-death` off copies: RabbitMQ 3 reads it on a message
 * that a client publishes, and drops the message as one that goes round in a circle. RabbitMQ 4 doesn't read it.
 */
import type { Sight } from '../consumer/queue-probe.ts'

/** For queues whose messages must never be given up. RabbitMQ 4 has a default limit of 20 and takes -1 for none, 3.10 doesn't. */
export const noDeliveryLimit = 2 ** 31 - 1

/** How long the consumer must have got nothing, ms. */
const longMs = 2_000

export interface Look {
  readonly sight: Sight
  /** Deliveries that the consumer has got, and those of them that it still holds. */
  readonly delivered: number
  readonly unsettled: number
  readonly atMs: number
}

/**
 * Whether the broker has forgotten a consumer. RabbitMQ 3.10 does so when a queue is deleted while another connection declares
 * it: the queue is made again, and its old consumer waits for ever, and messages with it. RabbitMQ 4 cancels the consumer.
 */
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
